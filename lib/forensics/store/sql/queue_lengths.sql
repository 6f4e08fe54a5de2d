-- One row per time at which every part of a queue was measured: how long it was in all. The parts are series of one name in one
-- file, and a time at which one of them is missing is none: what is missing is not zero.
with parts as (
    select time, coalesce(series, '{}') as series, max(value) as value from bounded_samples
    where path = $path and name = $name and coalesce(series, '{}') in (select unnest($parts))
        and value is not null and time between $start and $end
    group by all)
select time, sum(value) as length from parts group by time having count(*) = len($parts) order by time;
