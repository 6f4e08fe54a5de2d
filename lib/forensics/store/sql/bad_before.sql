-- One row per external request from $start to $end that failed or took longer than $slow seconds, the last first: how many requests
-- there were from it to $end, itself included, and how many that went wrong in its way; and how many of each before it.
-- Where most of what went wrong from $edge to $until (null: not asked) were requests of kinds, by method and route, of which at least
-- half did, only requests of these kinds are counted.
with own as (
    select r.path, r.line, r.time, r.method, coalesce(template, r.route) as route,
        case when failed then coalesce(cast(status as text), 'failed') when duration_ms > $slow * 1000 then 'slow' end as kind
    from seen_requests r left join route_templates using (route)
    where external and time >= $start and time < greatest($end, $until)),
kinds as (
    select method, route, count(kind) as bad, count(*) as requests from own
    where time >= $edge and time < $until and route is not null group by method, route),
lost as (
    select method, route from kinds where 2 * bad >= requests and bad > 0 and (
        select 2 * sum(bad) filter (where 2 * bad >= requests) >= sum(bad) from kinds)),
seen as (
    select path, line, time, kind, exists (from kinds anti join lost on kinds.route = lost.route and kinds.method is not distinct from lost.method)
            and exists (from lost) as alike
    from own where time < $end and (not exists (from lost) or exists (
        from lost where own.route = lost.route and own.method is not distinct from lost.method))),
numbered as (
    select *, row_number() over w as since, count(*) over (partition by kind order by time desc, path desc, line desc rows unbounded preceding) as bad_since,
        count(*) over () as requests, count(*) over (partition by kind) as bad_in_all
    from seen window w as (order by time desc, path desc, line desc rows unbounded preceding))
select kind, path, line, time, since, bad_since, requests - since as before, bad_in_all - bad_since as bad_before, alike
from numbered where kind is not null order by since limit 1000;
