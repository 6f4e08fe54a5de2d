-- One row per measured cell of the lent tables: its number, or null where it holds none, under its name, labels and unit.
create or replace temp table cells_read as
with joined as (
    select c.line, c.position, trim(c.text) as text, c.time, c.clock_s,
        coalesce(nullif(trim(c.name), ''), m.name) as name, coalesce(nullif(trim(c.unit), ''), m.unit) as unit,
        list_sort(list_concat(c.entries, m.entries)) as entries, list_sort(list_concat(c.steady, m.entries)) as steady,
        m.comma, m.suffixes, m.worths,
        regexp_extract(trim(c.text), '^([+-]?\d+(?:\.\d+)?)\s?([%a-zA-Zµμ]+)$', ['number', 'suffix']) as parts
    from cells c join measures m using (position)
    where trim(c.text) <> '')
select line, position, name, time, clock_s, unit, text,
    case when len(entries) > 0 then '{' || array_to_string(entries, ', ') || '}' end as labels,
    case when len(entries) > 0 then '{' || array_to_string(steady, ', ') || '}' end as series,
    case when comma then cell_number(replace(replace(text, '.', ''), ',', '.'))
        when parts.suffix <> '' and len(suffixes) > 0
            then cell_number(parts.number) * list_extract(worths, list_position(suffixes, parts.suffix))
        else cell_number(text) end as value
from joined;
