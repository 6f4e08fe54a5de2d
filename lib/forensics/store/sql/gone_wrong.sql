-- One row: the external requests that completed in the stretch, and how many of them failed, took longer than $slow seconds or got one of
-- the statuses of $refused.
select count(*) as requests, count(*) filter (where failed or duration_ms > $slow * 1000 or list_contains($refused::integer[], status)) as bad
from seen_requests where external and time > $start and time <= $end;
