-- Place the times of a source without years: those before the first turn of the year lie $years after the placeholder.
update log_events set time = placed.time
from (
    with own as (
        select line, own_clock, coalesce(lag(own_clock) over (order by line) - own_clock > interval 180 day, false) as turns
        from log_events where path = $path and own_clock is not null)
    select line, own_clock + to_years(cast($years + count(case when turns then 1 end) over (order by line) as integer)) as time
    from own) as placed
where log_events.path = $path and log_events.line = placed.line;
