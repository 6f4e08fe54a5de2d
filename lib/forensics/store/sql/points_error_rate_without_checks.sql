-- One point per bucket of $width seconds that has an external request which asks for more than the health of the service: failed / all of these.
insert into points
select $id, bucket, bucket + to_seconds($width), 100.0 * count(*) filter (where failed) / count(*), count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, failed
      from requests semi join (from request_views where view = $view) using (path)
      where external and not regexp_matches(coalesce(route, ''), $checks) and time between $start and $end)
group by bucket;
