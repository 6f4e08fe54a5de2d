-- One log event per row of the lent records; where their times name no zone ($local), they are kept as written, too. A level that nothing states is the first word for one near the beginning.
insert into log_events (path, line, last_line, "offset", length, time, level, source, message, body, "after", "before", repeated, own_clock)
with split as (
    select *, rtrim(split_part(message, chr(10), 1), chr(13)) as head,
        coalesce(body, nullif(substr(message, length(split_part(message, chr(10), 1)) + 2), '')) as rest
    from arrived)
select $path, line, last_line, "offset", length, time,
    upper(coalesce(level, nullif(regexp_extract(left(head, 120), '\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b'), ''))),
    source, head, left(rest, 65536),
    last_value(time ignore nulls) over (order by line rows between unbounded preceding and 1 preceding),
    first_value(time ignore nulls) over (order by line rows between 1 following and unbounded following),
    false, case when $local then time end
from split order by line;
