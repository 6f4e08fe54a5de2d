-- One point per bucket of $width seconds that has a probe: those that failed, in percent of all or, with $timed, the p95 (nearest
-- rank) of the times that the answered ones took, in seconds.
insert into points
select $id, bucket, bucket + to_seconds($width),
    case when $timed then quantile_disc(response_ms, 0.95) / 1000 else 100.0 * count(*) filter (where not ok) / count(*) end, count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, ok, response_ms from probes
      where time between $start and $end and ok is not null and (response_ms is not null or not $timed))
group by bucket;
