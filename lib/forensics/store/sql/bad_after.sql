-- One row per external request after $time that failed or took longer than $slow seconds, the first first: how many requests and how
-- many such ones there were from $time to it, itself included, and how many before $onset, from $start on.
with seen as (
    select path, line, time, coalesce(failed or duration_ms > $slow * 1000, false) as bad
    from seen_requests where external and time >= $start and time <= $end),
numbered as (
    select *, row_number() over w as since, count(*) filter (where bad) over w as bad_since
    from seen where time > $time window w as (order by time, path, line rows unbounded preceding))
select path, line, time, since, bad_since, (select count(*) from seen where time < $onset) as before,
    (select count(*) from seen where time < $onset and bad) as bad_before
from numbered where bad order by since limit 1000;
