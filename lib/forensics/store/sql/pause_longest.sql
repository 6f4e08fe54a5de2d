-- The longest pause, in seconds, between two external requests of the stretch that failed in the way in which most did.
with bad as (
    select time, coalesce(cast(status as text), 'failed') as way
    from seen_requests where external and failed and time >= $start and time <= $end),
most as (select way from bad group by way order by count(*) desc, way limit 1)
select max(epoch(time - before)) as seconds
from (select time, lag(time) over (order by time) as before from bad semi join most using (way));
