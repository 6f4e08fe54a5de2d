-- One row per target that was probed in the stretch: how many probes, how many failed, and where the first failure stands.
select target, count(*) as probes, count(*) filter (where not ok) as failed,
    arg_min(path, time) filter (where not ok) as path, arg_min(line, time) filter (where not ok) as line,
    arg_min(position, time) filter (where not ok) as position, min(time) filter (where not ok) as first_failed, any_value(path) as any_path
from probes where time between $start and $end group by target order by target;
