-- One row: a signal's points in the stretches before and after an action, weighted by requests where it counts them.
with near as (
    select value, coalesce(weight, 1) as weight, coalesce(until, time) <= $before as earlier
    from points
    where id = $id and ((coalesce(until, time) <= $before and time >= $start) or (time >= $after and coalesce(until, time) <= $end)))
select count(*) filter (where earlier) as points_before, count(*) filter (where not earlier) as points_after,
    sum(value * weight) filter (where earlier) / sum(weight) filter (where earlier) as mean_before,
    sum(value * weight) filter (where not earlier) / sum(weight) filter (where not earlier) as mean_after,
    quantile_disc(value, 0.5) filter (where earlier) as median_before,
    quantile_disc(value, 0.5) filter (where not earlier) as median_after
from near;
