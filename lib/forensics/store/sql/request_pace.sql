-- One row per bucket of $width seconds between the first and the last request: how many (external) requests ended in it, and failed.
with own as (
    select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, failed from seen_requests
    where (external or not $external) and time between $start and $end),
counted as (select bucket, count(*) as requests, count(*) filter (where failed) as failed from own group by bucket),
every_bucket as (
    select unnest(generate_series(min(bucket), max(bucket), to_seconds($width))) as bucket from counted
    having date_diff('second', min(bucket), max(bucket)) / $width < 1000000)
select bucket, coalesce(requests, 0) as requests, coalesce(failed, 0) as failed
from every_bucket left join counted using (bucket) order by bucket;
