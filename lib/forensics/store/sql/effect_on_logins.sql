-- One row: failed logins in the stretches before and after an action, for how many seconds of them the logs that tell of logins
-- spoke, and which logs these are.
with spoke as (
    select min(time) as first_time, max(time) as last_time, string_agg(distinct path, ', ' order by path) as paths
    from log_events where not repeated and time is not null and path in (select path from logins)),
failed as (
    select count(*) filter (where time < $before) as failed_before, count(*) filter (where time >= $after) as failed_after
    from logins where not ok and time >= $start and time <= $end)
select failed_before, failed_after, paths,
    epoch($before - greatest($start, first_time)) as seconds_before, epoch(least($end, last_time) - $after) as seconds_after
from failed, spoke;
