-- One row per external request after $time that failed or took longer than $slow seconds, the first first: how many requests there
-- were from $time to it, itself included, and how many that went wrong in its way; and how many of each before $onset, from $start on.
with seen as (
    select path, line, time, case when failed then coalesce(cast(status as text), 'failed') when duration_ms > $slow * 1000 then 'slow' end as kind
    from seen_requests where external and time >= $start and time <= $end),
numbered as (
    select *, row_number() over w as since, count(*) over (partition by kind order by time, path, line rows unbounded preceding) as bad_since
    from seen where time > $time window w as (order by time, path, line rows unbounded preceding)),
usual as (select kind, count(*) as bad from seen where time < $onset group by kind)
select n.kind, path, line, time, since, bad_since, (select coalesce(sum(bad), 0) from usual) as before, coalesce(u.bad, 0) as bad_before, false as alike
from numbered n left join usual u using (kind) where n.kind is not null order by since limit 1000;
