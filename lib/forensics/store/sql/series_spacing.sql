-- The median distance between neighbouring samples of the series of one name, in seconds.
select median(epoch(time - before)) from (
    select time, lag(time) over (partition by coalesce(series, '{}') order by time) as before from bounded_samples
    where path = $path and name = $name and value is not null and until is null and time between $start and $end)
where time > before;
