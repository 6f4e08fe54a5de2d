-- One row: the first and the last probe of a stretch that failed or took longer than $slow milliseconds, where the first stands, the last
-- before it of the same target that did not, and the first after the other one that did not.
with asked as (
    select path, line, position, target, time, not ok or coalesce(response_ms > $slow, false) as bad
    from probes where ok is not null and time is not null),
edges as (
    select min(time) as first_bad, max(time) as last_bad, arg_min(target, (time, path, line, position)) as first_target,
        arg_max(target, (time, path, line, position)) as last_target, arg_min(path, (time, path, line, position)) as path,
        arg_min(line, (time, path, line, position)) as line, arg_min(position, (time, path, line, position)) as position
    from asked where bad and time >= $start and time < $end having count(*) > 0)
select path, line, position, first_bad,
    (select max(time) from asked a where not bad and a.time < first_bad and a.target is not distinct from first_target) as good_before,
    last_bad,
    (select min(time) from asked a where not bad and a.time > last_bad and a.target is not distinct from last_target) as good_after
from edges;
