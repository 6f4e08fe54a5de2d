-- One row per template of a warning or error that was told at least $least times in the stretch, and at least three
-- times as often, per second, as before it. Request lines are left out: requests are counted by themselves.
with told as (
    select e.path, e.line, e.time, e.level, e.source, p.template
    from log_events e join line_patterns p using (path, line) anti join requests using (path, line)
    where not e.repeated and not starts_with(coalesce(e.source, ''), 'req_') and e.time is not null and e.level in ('WARN', 'WARNING', 'ERROR', 'FATAL', 'CRITICAL')),
bounds as (select min(time) as began from log_events where time is not null),
counted as (
    select template, any_value(level order by time, path, line) as level,
        count(*) filter (where time between $start and $end) as during,
        count(*) filter (where time < $start) as before,
        min(time) filter (where time between $start and $end) as first_time,
        min_by(path, time) filter (where time between $start and $end) as path,
        min_by(line, time) filter (where time between $start and $end) as line
    from told group by template)
select template, level, during, before, first_time, path, line
from counted, bounds
where during >= $least
    and during / greatest(epoch($end - $start), 1.0) > 3 * before / greatest(epoch($start - bounds.began), 1.0)
order by during desc, template;
