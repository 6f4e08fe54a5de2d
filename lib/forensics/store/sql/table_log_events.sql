-- One log event per row of a table of log records. A message that is itself a record of the container's runtime gives what
-- the program wrote; a level that no column states is the first word for one near the message's beginning.
insert into log_events (path, line, last_line, "offset", length, time, level, source, message, body, "after", "before", repeated)
with unwrapped as (
    select *, case when starts_with(message, '{') and json_valid(message)
        then coalesce(json_extract_string(message, '$.log'), json_extract_string(message, '$.message'), json_extract_string(message, '$.msg'), message)
        else message end as whole
    from arrived),
split as (
    select *, rtrim(split_part(whole, chr(10), 1), chr(13)) as head,
        nullif(rtrim(substr(whole, length(split_part(whole, chr(10), 1)) + 2), chr(13) || chr(10)), '') as rest
    from unwrapped)
select $path, line, last_line, "offset", length, time,
    upper(coalesce(nullif(trim(level), ''), nullif(regexp_extract(left(head, 120),
        '\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b'), ''))),
    nullif(trim(source), ''), head, left(rest, 65536),
    last_value(time ignore nulls) over (order by line rows between unbounded preceding and 1 preceding),
    first_value(time ignore nulls) over (order by line rows between 1 following and unbounded following),
    false
from split;
