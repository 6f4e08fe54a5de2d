-- One row per rise of a counter: the samples between which it rose, and what it counted at each. A fall is a counter that began anew.
with own as (
    select time, max(value) as value from bounded_samples
    where path = $path and name = $name and coalesce(series, '{}') = $series and value is not null and time between $start and $end
    group by time),
steps as (select lag(time) over (order by time) as before, time, lag(value) over (order by time) as was, value from own)
select before, time, was, value from steps where value > was order by time;
