-- One row per route of external requests in the stretch: how many failed, of how many, and where the first that failed stands.
with own as (
    select coalesce(template, r.route) as route, failed, time, path, line from seen_requests r left join route_templates using (route)
    where external and r.route is not null and time >= $start and time <= $end)
select route, count(*) filter (where failed) as failed, count(*) as requests,
    min_by(path, (time, path, line)) filter (where failed) as path, min_by(line, (time, path, line)) filter (where failed) as line
from own group by route order by failed desc, route;
