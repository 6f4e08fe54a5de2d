-- One row per table of a database whose rows have numbers: the highest of those written until $start, the lowest of those
-- written from $end on, where these are higher.
with keys as (
    select name, '/' || replace(replace(json_extract_string(key, '$[0]'), '~', '~0'), '/', '~1') as at
    from database_tables where path = $path and json_array_length(key) = 1
),
numbers as (
    select k.name, r.time, try_cast(json_extract_string(r."values", k.at) as bigint) as number
    from database_rows r join keys k on k.name = r."table" where r.path = $path
)
select name, max(number) filter (where time <= $start) as last, min(number) filter (where time >= $end) as next
from numbers group by name having next > last order by name;
