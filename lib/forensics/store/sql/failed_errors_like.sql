-- One row: of the external requests in the stretch, how many failed with an error that $pattern fits.
select count(*) as requests, count(*) filter (where failed and regexp_matches(coalesce(error, ''), $pattern)) as failed
from seen_requests where external and time >= $start and time < $end;
