-- One row per log event of one template in the stretch, at most $most of them, evenly spread: its message and what stands below it.
with told as (
    select message, coalesce(body, '') as body, row_number() over (order by time, path, line) - 1 as place, count(*) over () as events
    from log_events join line_patterns using (path, line)
    where template = $template and not repeated and time between $start and $end)
select message, body from told where place % cast(ceil(events / $most) as bigint) = 0 order by place;
