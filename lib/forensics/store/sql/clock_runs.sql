-- One row per time at which the pieces of one log, $paths, begin to speak after a silence of more than $silence seconds, by
-- their stamps as they are written, with the year where one was found; the last time of all; and whether they ever fall as
-- at midnight.
with said as (
    select path, line, coalesce(time, own_clock) as time from log_events where list_contains($paths, path) and own_clock is not null),
paused as (
    select time, lag(time) over (order by time) as before, lag(time) over (partition by path order by line) as above from said),
whole as (
    select max(time) as last, coalesce(bool_or(epoch(above - time) > 43200), false) as turned from paused)
select time as start, last, turned from paused, whole where before is null or epoch(time - before) > $silence order by start;
