-- One row: how many probes of $target there were from $start on and before $end, how many failed, when the first and the last were, when
-- the last failed, and what usually lies between two.
with own as (
    select time, ok, epoch(time - lag(time) over (order by time)) as step from probes
    where target = $target and ok is not null and time >= $start and time < $end)
select count(*) as probes, count(*) filter (where not ok) as failed, min(time) as first_time, max(time) as last_time,
    max(time) filter (where not ok) as last_failed, median(step) as usual_step
from own;
