-- One point per sample of one series, in percent. Samples of one instant become one point, the highest; a share below
-- nothing or above everything is no sample (the evidence's problems name it).
insert into points
select $id, time, null, max(value) * $worth, 1
from samples
where path = $path and name = $name and coalesce(series, '{}') = $series and value is not null
    and value * $worth between 0 and 100
    and time between $start and $end
group by time;
