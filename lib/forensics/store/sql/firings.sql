-- One row per threshold, duration and run over the threshold: from when to when it was over, and when an alert would have rung,
-- null where it did not last; what has no time of its own rings from then to `rings_by`. A bucket is known at its end. An alert without a duration rings with the first reading over it;
-- one with a duration rings with the reading that shows that it was over for strictly longer. Runs connect as in breaches.sql.
with ordered as (
    select time, coalesce(until, time) as known, coalesce(until, earliest, time) as told,
        coalesce(until, latest, time) as told_by, coalesce(earliest, time) as begun, value,
        lag(time) over w as before, lag(value) over w as before_value,
        coalesce(lag(until) over w, lag(time) over w + to_milliseconds(cast($gap * 1000 as bigint))) as reach,
        lead(time) over w as next_time
    from (select p.*, l.earliest, l.latest from points p left join loose_points l on l.id = p.id and l.time = p.time where p.id = $id)
    window w as (order by time)),
judged as (
    select threshold, o.*, value > threshold as over_it, coalesce(before_value > threshold, false) and time <= reach as goes_on
    from ordered o cross join (select unnest($thresholds::double[]) as threshold)),
marked as (
    select *, sum(case when over_it and goes_on then 0 else 1 end) over (partition by threshold order by time) as run from judged),
over_it as (
    select *, min(time) over (partition by threshold, run) as start from marked where over_it)
select threshold, duration, run, min(begun) as start, max(told) as "end",
    min(told) filter (where duration = 0 or known - start > to_seconds(duration)) as rings,
    min(told_by) filter (where duration = 0 or known - start > to_seconds(duration)) as rings_by
from over_it cross join (select unnest($durations::integer[]) as duration)
group by threshold, duration, run
order by threshold, duration, start;
