-- One row per route with external requests in the stretch that took longer than $over seconds, most of them first.
select route, count(*) filter (where duration_ms > $over * 1000) as slow, count(*) as requests
from seen_requests where external and time >= $start and time <= $end
group by route having count(*) filter (where duration_ms > $over * 1000) > 0 order by slow desc, route;
