-- One row per route that failed in the stretch, most failures first.
select route, count(*) filter (where failed) as failed, count(*) as requests
from seen_requests where external and time >= $start and time <= $end
group by route having count(*) filter (where failed) > 0 order by failed desc, route;
