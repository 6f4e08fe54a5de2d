-- One row per route with external requests in the stretch that took longer than $over seconds, most of them first: of how many
-- different paths, and how many of them were slow at all.
with own as (
    select coalesce(template, r.route) as route, r.route as path, count(*) as requests,
        count(*) filter (where duration_ms > $over * 1000) as slow
    from seen_requests r left join route_templates using (route)
    where external and time >= $start and time <= $end
    group by all)
select route, sum(slow)::bigint as slow, sum(requests)::bigint as requests, count(*) as paths, count(*) filter (where slow > 0) as paths_slow
from own group by route having sum(slow) > 0 order by slow desc, route;
