-- One point per bucket of $width seconds that has an external request: how many of these got $status, in percent.
insert into points
select $id, bucket, bucket + to_seconds($width), 100.0 * count(*) filter (where status = $status) / count(*), count(*)
from (select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, status from seen_requests where external and time between $start and $end)
group by bucket;
