-- One row per stretch, longer than $longer seconds, in which at least $least external requests for one route ended and all failed, of
-- routes that fit $pattern: with the next that did not fail, and how many requests for other routes were answered, and failed, meanwhile.
with own as (
    select coalesce(template, r.route) as route, time, path, line, failed
    from seen_requests r left join route_templates using (route)
    where external and time between $start and $end and r.route is not null),
ordered as (
    select *, sum(case when failed then 0 else 1 end) over one as run, lag(time) over one is null as first_of_all
    from own where regexp_matches(route, $pattern) window one as (partition by route order by time, path, line)),
runs as (
    select route, run, min(time) filter (where failed) as start, max(time) filter (where failed) as last,
        min(time) filter (where not failed) as good, count(*) filter (where failed) as failures,
        coalesce(bool_or(failed and first_of_all), false) as open_start,
        min_by(path, (time, line)) filter (where failed) as path, min_by(line, (time, line)) filter (where failed) as line
    from ordered group by route, run),
lasting as (
    select *, lead(good) over (partition by route order by run) as next_good from runs)
select route, start, last, next_good, failures, open_start, path, line,
    (select count(*) filter (where not o.failed) from own o where o.route <> lasting.route and o.time between lasting.start and lasting.last) as answered,
    (select count(*) filter (where o.failed) from own o where o.route <> lasting.route and o.time between lasting.start and lasting.last) as others_failed
from lasting where failures >= $least and epoch(last - start) > $longer
order by failures desc, start, route;
