-- One row per stretch of $starts and $ends, in order of these: how many external requests completed in it, and of these how many failed
-- or, where $slow is given, took longer than so many seconds; and the same from $start until it began, with the first of them.
with stretches as (select unnest($starts::timestamp[]) as first, unnest($ends::timestamp[]) as until),
seen as (
    select time, coalesce(case when $slow::double is null then failed else duration_ms > $slow::double * 1000 end, false) as bad
    from seen_requests where external and time >= $start and ($slow::double is null or duration_ms is not null)),
running as (
    select time, sum(count(*)) over w as requests, sum(count(*) filter (where bad)) over w as bad, min(time) over () as since
    from seen group by time window w as (order by time))
select cast(coalesce(u.requests, 0) - coalesce(f.requests, 0) as bigint) as requests, cast(coalesce(u.bad, 0) - coalesce(f.bad, 0) as bigint) as bad,
    cast(coalesce(f.requests, 0) as bigint) as before, cast(coalesce(f.bad, 0) as bigint) as bad_before, f.since
from stretches s asof left join running f on f.time < s.first asof left join running u on u.time < s.until
order by s.first;
