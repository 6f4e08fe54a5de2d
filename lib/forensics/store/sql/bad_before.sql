-- One row per external request of the stretch that failed or took longer than $slow seconds, the last first: how many requests and how
-- many such ones there were from it to the end of the stretch, itself included, and how many before it.
with seen as (
    select path, line, time, coalesce(failed or duration_ms > $slow * 1000, false) as bad
    from seen_requests where external and time >= $start and time < $end),
numbered as (
    select *, row_number() over w as since, count(*) filter (where bad) over w as bad_since,
        count(*) over () as requests, count(*) filter (where bad) over () as bad_in_all
    from seen window w as (order by time desc, path desc, line desc rows unbounded preceding))
select path, line, time, since, bad_since, requests - since as before, bad_in_all - bad_since as bad_before
from numbered where bad order by since limit 1000;
