-- One row per check of a table in which an outside watch wrote down how each of them ended.
insert into probes (path, line, target, time, ok, response_ms, status, detail)
select $path, line, coalesce(nullif(trim(target), ''), 'check'), time,
    coalesce(try_cast(trim(state) as integer) between 1 and 499, regexp_matches(lower(state), '^\W*(?:up|ok|success\w*|pass\w*|online|reachable|available|healthy|true|yes|erreichbar|gut)\b')),
    $worth * try_cast(replace(trim(duration), ',', '.') as double), try_cast(trim(state) as integer), nullif(trim(detail), '')
from arrived where time is not null and trim(coalesce(state, '')) <> '';
