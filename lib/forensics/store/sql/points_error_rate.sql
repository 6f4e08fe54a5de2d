-- One point per bucket of $width seconds that has a request: failed / all requests, in percent, by completion time.
insert into points
select $id, bucket, bucket + to_seconds($width), 100.0 * count(*) filter (where failed) / count(*), count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, failed from (from requests semi join (from request_views where view = $view) using (path))
      where (external or not $external) and time between $start and $end)
group by bucket;
