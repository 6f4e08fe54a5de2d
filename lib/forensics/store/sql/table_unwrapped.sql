-- One row per row of a table of log records, with what the program wrote: a message that is itself a record of the
-- container's runtime gives its text. `hour` is the time of day that the text begins with.
with read as (
    select *, case when starts_with(message, '{') and json_valid(message) then coalesce(json_extract_string(message, '$.log'),
        json_extract_string(message, '$.message'), json_extract_string(message, '$.msg'), message) else message end as whole
    from arrived)
select line, last_line, "offset", length, time, nullif(trim(level), '') as level, nullif(trim(source), '') as source,
    rtrim(whole, chr(13) || chr(10)) as message, try_cast(regexp_extract(whole, '^\W?(\d\d:\d\d:\d\d)', 1) as time) as hour
from read;
