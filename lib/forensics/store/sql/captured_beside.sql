-- One row per pair of series, a captured one and one that was measured all along: what the capture showed, when, and the sample of
-- the other that was nearest to it, no further than so many seconds; only points that have a time of their own.
with pairs as (select unnest($captured) as captured, unnest($measured) as measured, unnest($near) as near),
placed as (
    select id, time, value from points
    where (id in (select captured from pairs) or id in (select measured from pairs))
        and not exists (from loose_points l where l.id = points.id and l.time = points.time))
select captured, measured, c.time as captured_at, c.value as captured_value,
    arg_min(m.time, (abs(epoch(m.time - c.time)), m.time)) as measured_at,
    arg_min(m.value, (abs(epoch(m.time - c.time)), m.time)) as measured_value
from pairs join placed c on c.id = captured join placed m on m.id = measured and abs(epoch(m.time - c.time)) <= near
group by captured, measured, c.time, c.value
order by captured, measured, captured_at;
