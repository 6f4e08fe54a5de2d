-- One row per measured cell of the lent tables: its number, or null where it holds none, under its name, labels and unit.
create or replace temp table cells_read as
with filled as (
    select c.line, c.position, case when m.grouped then ungrouped(trim(c.text)) else trim(c.text) end as text, c.time, c.clock_s, l.labels, l.series,
        coalesce(nullif(trim(c.name), ''), m.name) as name, coalesce(nullif(trim(c.unit), ''), m.unit) as unit,
        m.comma, m.suffixes, m.worths
    from cells c join measures m using (position) join label_texts l using (kind, position)
    where trim(c.text) <> '')
select line, position, name, time, clock_s, unit, text, labels, series,
    case when comma and len(suffixes) > 0 and regexp_matches(text, '[a-zA-Zµμ%#]$')
            then cell_number(replace(replace(regexp_extract(text, '^[+-]?[\d.]+(?:,\d+)?'), '.', ''), ',', '.'))
                * list_extract(worths, list_position(suffixes, regexp_extract(text, '([%#a-zA-Zµμ]+)$', 1)))
        when comma then cell_number(replace(replace(text, '.', ''), ',', '.'))
        when len(suffixes) > 0 and regexp_matches(text, '[a-zA-Zµμ%]$')
            then cell_number(regexp_extract(text, '^[+-]?\d+(?:\.\d+)?'))
                * list_extract(worths, list_position(suffixes, regexp_extract(text, '([%a-zA-Zµμ]+)$', 1)))
        else cell_number(text) end as value
from filled;
