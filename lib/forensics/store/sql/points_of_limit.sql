-- One point per time at which a part was measured: in percent of a limit that is stated elsewhere. With $summed all series of a file
-- are added up first. Less than nothing, or more than everything, is no sample.
insert into points
select $id, time, max(until), 100 * sum(value) / $limit, 1
from bounded_samples
where path = $path and name = $name and ($summed or coalesce(series, '{}') = $series)
    and time between $start and $end and value is not null
group by time having sum(value) between 0 and $limit;
insert into loose_points select id, time, time, until, null from points where id = $id and until is not null;
