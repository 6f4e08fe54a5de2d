-- One point per sample of one series, in our unit. Samples of one instant become one point, the highest.
insert into points
select $id, time, null, max(value) * $worth, 1
from samples
where path = $path and name = $name and coalesce(series, '{}') = $series and value is not null
    and time between $start and $end
group by time;
