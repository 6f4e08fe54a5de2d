-- One row per stretch in which the service's process was down: from its end, ordered or not, to the first sign of life.
with ends as (
    select time, what, path, line, text from events
    where what in ('process died', 'restart') and time is not null and time between $start and $end),
lives as (
    select time, path, line from events where what = 'process started' and time is not null
    union all select time, path, line from events
        where what = 'process online' and time is not null
            and not exists (select 1 from events where what = 'process started' and time is not null))
select e.time as start, min(l.time) as "end", e.what, e.path, e.line, e.text
from ends e left join lives l
    on l.time > e.time or (l.time = e.time and l.path = e.path and l.line > e.line)  -- stamps of whole seconds
group by all order by e.time, e.path, e.line;
