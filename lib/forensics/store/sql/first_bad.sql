-- One row: the first external request of the stretch that failed or took longer than $slow seconds, and when it started: as a
-- log says, or else as its duration does.
with bad as (
    select path, line, id, started, time, duration_ms from seen_requests
    where external and time >= $start and time < $end and (failed or duration_ms > $slow * 1000)
    order by time, path, line limit 1)
select path, line, coalesce(
    (select min(s.time) from request_starts s where s.id = bad.id), time - to_microseconds(cast(coalesce(duration_ms, 0) * 1000 as bigint)), started) as started, time
from bad;
