-- One row per line of the lent chunk of exposition text: what it is, and the parts of a sample. Lines that hold nothing but
-- a time, as a loop prints them between scrapes, date what follows; $before is the last one above this chunk.
create or replace temp table exposed as
with plain as (
    select line, "offset", length, nul, trim(text, ' ' || chr(9) || chr(13) || chr(10) || chr(65279)) as text from chunk),
dated as (
    select *, case when length between 10 and 60 and regexp_full_match(text, '[#=-]*\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)|1\d{9}(?:\.\d+)?|1\d{12}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d UTC \d{4})\s*[=-]*')
        then any_read(trim(text, '#=- ')) end as stamp
    from plain),
split as (
    select *, regexp_extract(text,
        '^([a-zA-Z_:][a-zA-Z0-9_:.]*)?\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+([^\s#]+)(?:\s+(-?[0-9][0-9.eE+]*))?\s*(?:#\s*\{.*)?$',
        ['name', 'labels', 'value', 'stamp']) as parts
    from dated)
select line, "offset", length, text, stamp,
    coalesce(last_value(stamp ignore nulls) over (order by line), $before) as carried,
    case when nul then 'nul' when text = '' then 'blank' when stamp is not null or starts_with(text, '#') then 'separator'
        when parts.value <> '' and (parts.name <> '' or regexp_matches(parts.labels, '^\{\s*"'))
            and regexp_full_match(parts.value, '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(?i:inf|infinity|nan)') then 'sample'
        else 'unread' end as kind,
    coalesce(nullif(parts.name, ''), regexp_extract(parts.labels, '^\{\s*"((?:[^"\\]|\\.)*)"', 1)) as name,
    regexp_extract_all(parts.labels, '([a-zA-Z_][a-zA-Z0-9_.]*)\s*=\s*"((?:[^"\\]|\\.)*)"', 1) as keys,
    regexp_extract_all(parts.labels, '([a-zA-Z_][a-zA-Z0-9_.]*)\s*=\s*"((?:[^"\\]|\\.)*)"', 2) as cells,
    parts.value as value, parts.stamp as own
from split;
