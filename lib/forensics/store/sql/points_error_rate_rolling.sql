-- One point per second: failed / all requests of the $width seconds before it, in percent; none where there was none, and none
-- for seconds that reach back before the first request or beyond the last: nobody knows what was asked there.
insert into points
with per_second as (
    select date_trunc('second', time) as second, count(*) as requests, count(*) filter (where failed) as failed
    from (from requests semi join (from request_views where view = $view) using (path)) where (external or not $external) and time between $start and $end group by 1),
seconds as (
    select unnest(generate_series(min(second), max(second) + to_seconds(1), to_seconds(1))) as second from per_second),
windows as (
    select s.second, count(*) over before as held,
        sum(coalesce(requests, 0)) over before as requests,
        sum(coalesce(failed, 0)) over before as failed
    from seconds s left join per_second using (second)
    window before as (order by s.second rows between $width preceding and 1 preceding))
select $id, second, null, 100.0 * failed / requests, requests from windows where requests > 0 and held = $width;
