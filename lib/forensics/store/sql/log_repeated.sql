-- Mark the events that a fuller file of the same evidence holds too, and those that an extract prints twice.
update log_events set repeated = true
from (
    with files as (
        select path, count(*) as events, path in (from (select unnest($extracts))) as extract from log_events group by path),
    dated as (
        select e.path, e.line, e.time, e.source, e.message, f.events, f.extract,
            case when f.extract then 1 else row_number() over same end as nth, row_number() over same as copy
        from log_events e join files f using (path)
        where e.time is not null
        window same as (partition by e.path, e.time, e.source, e.message order by e.line)),
    ranked as (
        select path, line, extract and copy > 1
            or row_number() over (partition by time, source, message, nth order by extract, events desc, path, line) > 1 as again
        from dated)
    select path, line from ranked where again
) as copies
where log_events.path = copies.path and log_events.line = copies.line;
