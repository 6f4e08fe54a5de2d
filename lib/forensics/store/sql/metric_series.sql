-- One row per series of samples: how many, of which values, how far apart, in
-- which order. A hole is three usual steps; what is not sampled at a beat has one only far beyond its own long steps.
-- Series have numbers here: windows over three texts cost two and a half times as much.
-- Asked for one of $parts after the other, so that windows over all samples of a large file do not fill the memory.
insert into metric_series
with named as (
    select * from metric_names where number % $parts = $part),
placed as materialized (
    select number, line, position, value, unit, time is not null as dated, coalesce(epoch(time), clock_s) as place
    from samples join named on samples.path = named.path and samples.name = named.name
        and samples.labels is not distinct from named.labels),
stepped as materialized (
    select number, place, place - lag(place) over in_time as step, value - lag(value) over in_time as rise,
        place - lag(place) over as_written as written
    from placed where place is not null
    window in_time as (partition by number order by place, line, position),
        as_written as (partition by number order by line, position)),
typical as (
    select number, median(step) filter (where step > 0) as usual, quantile_cont(step, 0.95) filter (where step > 0) as long
    from stepped group by all),
usual as (
    select number, any_value(usual) as usual,
        case when count(*) filter (where step between usual / 2 and usual * 1.5) >= 0.7 * count(*) filter (where step > 0)
            then 3 * any_value(usual) else 10 * any_value(long) end as hole
    from stepped join typical using (number) group by all),
counted as (
    select number, count(*) filter (where step = 0) as doubles,
        count(*) filter (where step = 0 and rise <> 0) as contradictions,
        count(*) filter (where written < 0) as backward, count(*) filter (where written > 0) as forward,
        count(*) filter (where step >= hole) as holes, max(step) as longest, arg_max(place, (step, -place)) filter (where step >= hole) as hole_end, any_value(usual) as usual
    from stepped join usual using (number) group by all),
summed as (
    select number, any_value(unit) as unit, bool_or(dated) as dated, count(*) as samples, count(value) as valued,
        count(place) as placed, min(place) as first, max(place) as last, min(value) as least, max(value) as most
    from placed group by number)
select n.path, n.name, coalesce(n.labels, '{}') as series, s.unit, s.dated, s.samples, s.valued, s.placed, s.first, s.last, s.least, s.most,
    c.usual, coalesce(c.doubles, 0) as doubles, coalesce(c.contradictions, 0) as contradictions, coalesce(c.backward, 0) as backward,
    coalesce(c.forward, 0) as forward, coalesce(c.holes, 0) as holes, c.longest, c.hole_end
from named n join summed s using (number) left join counted c using (number);
