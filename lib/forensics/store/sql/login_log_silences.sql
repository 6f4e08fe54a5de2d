-- One row per stretch of the window in which the logs that tell of logins say nothing at all, longer than $longer seconds.
with seen as (
    select time from log_events
    where not repeated and time between $start and $end and path in (select path from logins)
    union all select $start union all select $end),
ordered as (select lag(time) over (order by time) as before, time from seen)
select before as "from", time as "to" from ordered where epoch(time - before) > $longer order by before;
