-- One row per file whose own times are placed and that tells of errors: how many, from when to when, and what it says most often.
-- Request lines are left out: requests are counted by themselves.
with told as (
    select e.path, e.line, e.time, e.level, coalesce(p.template, e.message, '') as template
    from log_events e left join line_patterns p using (path, line)
    where not e.repeated and not starts_with(coalesce(e.source, ''), 'req_') and e.time is not null
        and e.level in ('ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY', 'FATAL')),
templates as (
    select path, template, level, count(*) as times, min(line) as line
    from told group by path, template, level),
files as (
    select path, count(*) as errors, min(time) as first_time, max(time) as last_time, min_by(line, (time, line)) as first_line,
        max_by(line, (time, line)) as last_line
    from told group by path)
select f.*, t.template, t.level, t.times, t.line
from files f join templates t using (path)
qualify row_number() over (partition by f.path order by t.times desc, t.line) = 1
order by f.first_time, f.path;
