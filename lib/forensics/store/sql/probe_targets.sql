-- One row per probed target: how often it was probed, how often it failed, and when.
select target, min(path) as path, count(*) as probes, count(*) filter (where not ok) as failed,
    min(time) as first_time, max(time) as last_time
from probes where time between $start and $end group by target order by target;
