-- One row per stretch in which the pieces of one log, $paths, speak without a silence of more than $silence seconds, by
-- its stamps as they are written, with the year where one was found; and whether they ever fall as at midnight.
with said as (
    select path, line, coalesce(time, own_clock) as time from log_events where list_contains($paths, path) and own_clock is not null),
paused as (
    select time, time - lag(time) over (order by time) as pause,
        epoch(lag(time) over (partition by path order by line) - time) > 43200 as turns
    from said),
runs as (
    select time, turns, count(*) filter (where epoch(pause) > $silence) over (order by time) as run from paused)
select min(time) as start, max(time) as "end", bool_or(bool_or(coalesce(turns, false))) over () as turned
from runs group by run order by start;
