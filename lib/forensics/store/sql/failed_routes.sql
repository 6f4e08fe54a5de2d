-- One row per route that failed in the stretch, most failures first: of how many different paths, how many of them failed at all,
-- and which of these most often, where not all did.
with own as (
    select coalesce(template, r.route) as route, r.route as path, count(*) as requests, count(*) filter (where failed) as failed
    from seen_requests r left join route_templates using (route)
    where external and time >= $start and time <= $end
    group by all)
select route, sum(failed)::bigint as failed, sum(requests)::bigint as requests, count(*) as paths, count(*) filter (where failed > 0) as paths_failed,
    list({'route': path, 'failed': failed, 'requests': requests} order by failed desc, path) filter (where failed > 0)[1:5] as most
from own group by route having sum(failed) > 0 order by failed desc, route;
