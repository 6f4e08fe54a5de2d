-- One row per series of samples ($path, or of every file when that is null): how many, of which values, how far apart, in
-- which order. A hole is three usual steps; what is not sampled at a beat has one only far beyond its own long steps.
create or replace temp table metric_series as
with placed as (
    select path, name, coalesce(labels, '{}') as series, line, position, value, unit, time is not null as dated,
        coalesce(epoch(time), clock_s) as place
    from samples where $path is null or path = $path),
stepped as (
    select *, place - lag(place) over in_time as step, value - lag(value) over in_time as rise, place - lag(place) over as_written as written
    from placed where place is not null
    window in_time as (partition by path, name, series order by place, line, position),
        as_written as (partition by path, name, series order by line, position)),
typical as (
    select path, name, series, median(step) filter (where step > 0) as usual, quantile_cont(step, 0.95) filter (where step > 0) as long
    from stepped group by all),
usual as (
    select path, name, series, any_value(usual) as usual,
        case when count(*) filter (where step between usual / 2 and usual * 1.5) >= 0.7 * count(*) filter (where step > 0)
            then 3 * any_value(usual) else 10 * any_value(long) end as hole
    from stepped join typical using (path, name, series) group by all),
counted as (
    select path, name, series, count(*) filter (where step = 0) as doubles,
        count(*) filter (where step = 0 and rise <> 0) as contradictions,
        count(*) filter (where written < 0) as backward, count(*) filter (where written > 0) as forward,
        count(*) filter (where step >= hole) as holes, max(step) as longest, arg_max(place, step) as hole_end, any_value(usual) as usual
    from stepped join usual using (path, name, series) group by all)
select p.path, p.name, p.series, any_value(p.unit) as unit, bool_or(p.dated) as dated, count(*) as samples, count(p.value) as valued,
    count(p.place) as placed, min(p.place) as first, max(p.place) as last, min(p.value) as least, max(p.value) as most,
    any_value(c.usual) as usual, coalesce(any_value(c.doubles), 0) as doubles, coalesce(any_value(c.contradictions), 0) as contradictions,
    coalesce(any_value(c.backward), 0) as backward, coalesce(any_value(c.forward), 0) as forward,
    coalesce(any_value(c.holes), 0) as holes, any_value(c.longest) as longest, any_value(c.hole_end) as hole_end
from placed p left join counted c using (path, name, series)
group by p.path, p.name, p.series;
