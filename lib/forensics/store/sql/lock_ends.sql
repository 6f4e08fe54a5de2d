-- One row per act of somebody that ended a wait for a lock: the waiting $statement was cancelled on request, or a connection was terminated
-- by an administrator while it waited, other than by a shutdown of the server.
with lines as (
    select path, line, time, message, lead(message) over (order by line) as below from log_events
    where path = $path and not repeated and time between $start and $end + interval 1 minute)
select line, time, 'statement cancelled' as what from lines
where message = 'canceling statement due to user request' and below = $statement
union all
select line, time, 'session ended' from lines one
where message = 'terminating connection due to administrator command' and time <= $end + interval 1 second
    and not exists (from lines other where regexp_matches(other.message, '^received .*shutdown request') and abs(epoch(other.time - one.time)) < 60)
order by 2, 1;
