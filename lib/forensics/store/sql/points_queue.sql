-- One point per time at which every part of a queue was measured: how long it was in all, as queue_lengths counts it.
insert into points
with parts as (
    select time, coalesce(series, '{}') as series, max(value) as value from bounded_samples
    where path = $path and name = $name and coalesce(series, '{}') in (select unnest($parts))
        and value is not null and time between $start and $end
    group by all)
select $id, time, null, sum(value), 1 from parts group by time having count(*) = len($parts);
