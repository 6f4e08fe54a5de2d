-- One row per number in a row, duration and run of external requests ($target null), or else of probes of $target, that all failed:
-- from its first failure to its last, and when an alert would have rung that waits for so many in a row, and for so long that it is
-- strictly longer; null where the run was shorter. Of a second without a failure, its first answer says enough.
with asked as (
    select time, path, line, null as position, failed from seen_requests
    where $target is null and external and time between $start and $end
    union all
    select time, path, line, position, not ok from probes
    where $target is not null and target = $target and time is not null and ok is not null and time between $start and $end),
failing as (select distinct date_trunc('second', time) as second from asked where failed),
telling as (
    select * from asked semi join failing on second = date_trunc('second', time)
    union all
    select min(time), null, null, null, false from asked anti join failing on second = date_trunc('second', time)
    group by date_trunc('second', time)),
ordered as (
    select *, sum(case when failed then 0 else 1 end) over (order by time, path, line, position) as run from telling),
failures as (
    select run, time, row_number() over (partition by run order by time, path, line, position) as nth,
        min(time) over (partition by run) as start
    from ordered where failed)
select threshold, duration, run, min(time) as start, max(time) as "end",
    min(time) filter (where nth >= threshold and (duration = 0 or time - start > to_seconds(duration))) as rings
from failures cross join (select unnest($thresholds::double[]) as threshold) cross join (select unnest($durations::integer[]) as duration)
group by threshold, duration, run
order by threshold, duration, start;
