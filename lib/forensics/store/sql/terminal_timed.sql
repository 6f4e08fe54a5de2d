-- Let a statement of a database that says how long it took, after which a terminal tells no time any more, have been at work from when
-- the clock was last told until it was done: what was asked between took its time, too. At the earliest: when it was typed is not told.
create or replace temp table timed_lines as
with told as (
    select path, line, source, time, coalesce(
        try_cast(regexp_extract(body, '(?m)^Time: ([\d.]+) ms', 1) as double) / 1e3,
        60 * coalesce(try_cast(regexp_extract(body, '(?m)\((?:(\d+) min )?[\d.]+ sec\) *$', 1) as double), 0)
            + try_cast(regexp_extract(body, '(?m)\((?:\d+ min )?([\d.]+) sec\) *$', 1) as double)) as took
    from log_events where path in (from (select unnest($terminals)))),
placed as (
    select *, max(line) filter (where source = 'clock' and time is not null) over later as heard,
        arg_max(time, line) filter (where source = 'clock' and time is not null) over later as clock,
        count(*) filter (where source = 'clock' and time is not null) over (partition by path order by line rows between 1 following and unbounded following) as still
    from told window later as (partition by path order by line rows between unbounded preceding and 1 preceding))
select path, line, clock + to_microseconds(cast(1e6 * (sum(coalesce(took, 0)) over so_far - took) as bigint)) as begun,
    clock + to_microseconds(cast(1e6 * sum(coalesce(took, 0)) over so_far as bigint)) as done
from placed where source = 'shell' and still = 0 and clock is not null
window so_far as (partition by path order by line rows between unbounded preceding and current row)
qualify took is not null;
update log_events set "after" = t.begun, "before" = t.done
from timed_lines t where log_events.path = t.path and log_events.line = t.line and log_events.time is null;
