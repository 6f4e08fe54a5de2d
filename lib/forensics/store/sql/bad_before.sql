-- One row per external request of the stretch that failed or took longer than $slow seconds, the last first: how many requests there
-- were from it to the end of the stretch, itself included, and how many that went wrong in its way; and how many of each before it.
with seen as (
    select path, line, time, case when failed then coalesce(cast(status as text), 'failed') when duration_ms > $slow * 1000 then 'slow' end as kind
    from seen_requests where external and time >= $start and time < $end),
numbered as (
    select *, row_number() over w as since, count(*) over (partition by kind order by time desc, path desc, line desc rows unbounded preceding) as bad_since,
        count(*) over () as requests, count(*) over (partition by kind) as bad_in_all
    from seen window w as (order by time desc, path desc, line desc rows unbounded preceding))
select kind, path, line, time, since, bad_since, requests - since as before, bad_in_all - bad_since as bad_before
from numbered where kind is not null order by since limit 1000;
