-- One row: the external requests that completed in the stretch, and how many of them failed or took longer than $slow seconds.
select count(*) as requests, count(*) filter (where failed or duration_ms > $slow * 1000) as bad
from seen_requests where external and time > $start and time <= $end;
