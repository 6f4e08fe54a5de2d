-- One point per bucket of $width seconds that has a probe: those that failed, in percent of all or, with $timed, the chosen
-- statistic of the times that the answered ones took, in seconds; the p95 is the nearest rank.
insert into points
select $id, bucket, bucket + to_seconds($width),
    case when not $timed then 100.0 * count(*) filter (where not ok) / count(*)
        else case $statistic when 'p95' then quantile_disc(response_ms, 0.95) when 'mean' then avg(response_ms)
            else max(response_ms) end / 1000 end,
    count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, ok, response_ms from probes
      where time between $start and $end and ok is not null and (response_ms is not null or not $timed))
group by bucket;
