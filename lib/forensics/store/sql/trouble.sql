-- One row: how many events of a stretch are errors, in how many logs, and the log that has most of them.
with errors as (
    select path, count(*) as events from log_events
    where time between $start and $end and not repeated and level in ('ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY', 'FATAL')
    group by path)
select coalesce(sum(events), 0)::bigint as events, count(*) as logs, arg_max(path, events) as path from errors;
