-- One point per bucket of $width seconds that has a request of which it is told how long it took: the chosen statistic of response times, in seconds.
-- The p95 is the nearest rank: the smallest observed time that at least 95 % of the requests did not exceed.
insert into points
select $id, bucket, bucket + to_seconds($width),
    case $statistic when 'p95' then quantile_disc(duration_ms, 0.95) when 'mean' then avg(duration_ms)
        else max(duration_ms) end / 1000,
    count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, duration_ms from (from requests semi join (from request_views where view = $view) using (path))
      where (external or not $external) and duration_ms is not null and time between $start and $end)
group by bucket;
