-- One row per bucket of $width seconds and status from 400 to 499 that any of its external requests got, in order: how many it had, and how
-- many got that. Buckets in which nothing got a status have rows, too.
with seen as (
    select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, status
    from seen_requests where external and time between $start and $end),
buckets as (select bucket, count(*) as requests from seen group by bucket),
refused as (select bucket, status, count(*) as refused from seen where status between 400 and 499 group by bucket, status),
statuses as (select distinct status from refused)
select status, bucket, requests, coalesce(refused, 0) as refused
from buckets cross join statuses left join refused using (bucket, status)
order by status, bucket;
