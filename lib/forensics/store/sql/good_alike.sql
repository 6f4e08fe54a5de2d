-- One row: the external request nearest to $time, before it or $after it, that was answered well and within $slow seconds, of the kinds
-- that went wrong, by method and route, in at least half of their requests between $start and $end; none where these kinds are not
-- most of what went wrong.
with own as (
    select r.path, r.line, r.time, r.method, coalesce(template, r.route) as route, failed or coalesce(duration_ms, 0) > $slow * 1000 as bad
    from seen_requests r left join route_templates using (route) where external and r.route is not null),
kinds as (
    select method, route, count(*) filter (where bad) as bad, count(*) as requests from own
    where time between $start and $end group by method, route),
lost as (
    select method, route from kinds where 2 * bad >= requests and bad > 0 and (
        select 2 * sum(bad) filter (where 2 * bad >= requests) >= sum(bad) from kinds))
select path, line, time from own join lost on own.route = lost.route and own.method is not distinct from lost.method
where not bad and if($after, time > $time, time < $time)
order by abs(epoch_us(time) - epoch_us($time::timestamp)), path, line limit 1;
