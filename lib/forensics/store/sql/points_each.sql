-- One point per bucket of $width seconds that has a sample: the chosen statistic of samples that are one request each, of all series
-- of the name, in the signal's unit. The p95 is the nearest rank.
insert into points
select $id, bucket, bucket + to_seconds($width),
    case $statistic when 'p95' then quantile_disc(value, 0.95) when 'mean' then avg(value) else max(value) end * $worth, count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, value from bounded_samples
      where path = $path and name = $name and value is not null and value * $worth between 0 and $top and time between $start and $end)
group by bucket;
