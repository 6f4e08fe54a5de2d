-- One row per stretch of errors of one dated log, in which none is further than $pause seconds from the one before: how many, its
-- first and its last, and when the log's last event before it, and its first after it, is of that is no error. Request lines are
-- left out: requests are counted by themselves.
with errors as (
    select path, line, time, coalesce(times, 1) as times
    from log_events
    where not repeated and not starts_with(coalesce(source, ''), 'req_') and time between $start and $end and year(time) < $first_year
        and level in ('ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY', 'FATAL')),
parted as (
    select *, coalesce(time - lag(time) over (partition by path order by time, line) > to_milliseconds(cast(1000 * $pause as bigint)), true) as begins
    from errors),
numbered as (
    select *, count(*) filter (begins) over (partition by path order by time, line) as number from parted),
stretches as (
    select path, number, sum(times)::bigint as errors, min(time) as first_time, max(time) as last_time, min_by(line, (time, line)) as first_line,
        max_by(line, (time, line)) as last_line
    from numbered group by path, number),
others as (
    select path, time from lines_in_order
    where path in (select path from stretches) and time is not null
        and coalesce(level, '') not in ('ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY', 'FATAL'))
select s.path, s.errors, s.first_time, s.last_time, s.first_line, s.last_line, b.time as before, a.time as "after"
from stretches s asof left join others b on s.path = b.path and s.first_time > b.time
    asof left join others a on s.path = a.path and s.last_time < a.time
order by s.first_time, s.path, s.number;
