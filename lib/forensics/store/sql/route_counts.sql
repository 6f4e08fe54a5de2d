-- One row per path that was asked for in the stretch, and how often.
select route, count(*) as requests from seen_requests
where route is not null and time >= $start and time <= $end
group by route order by route;
