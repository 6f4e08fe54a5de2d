-- One point per sample of one series, in the signal's unit. Samples of one instant become one point, the highest; a value below
-- nothing or above $top is no sample (the evidence's problems name it). Samples without a time of their own, as commands on a
-- terminal give them, stand in their order between the two times that they have. One of a whole run lasts as long as the run.
insert into points
select $id, place, max(until), max(value) * $worth, 1
from (from bounded_samples where path = $path and name = $name)
where coalesce(series, '{}') = $series and value is not null
    and value * $worth between 0 and $top
    and time between $start and $end
group by place;
insert into loose_points
select $id, place, min(time), max(coalesce(latest, until)), min(line)
from (from bounded_samples where path = $path and name = $name)
where coalesce(series, '{}') = $series and coalesce(latest, until) is not null
group by place;
