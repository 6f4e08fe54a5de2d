-- One row per point of a signal to draw, in order: every one or, of more than $most, the lowest and the highest of each
-- stretch of time, so that no spike is lost. `run` counts up at every hole: missing is not zero.
with seen as (
    select time, until, value, coalesce(lag(until) over w, lag(time) over w + to_milliseconds(cast($gap * 1000 as bigint))) as reach
    from points where id = $id and coalesce(until, time) >= $start and time <= $end
    window w as (order by time)),
runs as (select time, until, value, sum(case when time > reach then 1 else 0 end) over (order by time) as run from seen),
slots as (
    select *, cast(floor(epoch(time - $start) * ($most / 2) / greatest(epoch(cast($end as timestamp) - $start), 1)) as bigint) as slot,
        count(*) over () as points
    from runs),
ranked as (
    select *, row_number() over (partition by run, slot order by value, time) as lowest,
        row_number() over (partition by run, slot order by value desc, time) as highest
    from slots)
select time, until, value, run from ranked where points <= $most or lowest = 1 or highest = 1 order by time;
