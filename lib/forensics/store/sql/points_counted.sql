-- One point per bucket of $width seconds in which counters of requests grew: server errors in percent of all. A counter that
-- falls has begun again at nothing.
insert into points
with grown as (
    select time, failed, case when value < lag(value) over w then value else value - lag(value) over w end as more
    from bounded_samples s join chosen c on coalesce(s.series, '{}') = c.series
    where path = $path and name = $name and value is not null and time between $start and $end
    window w as (partition by s.series order by time)),
buckets as (
    select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket,
        sum(more) as requests, coalesce(sum(more) filter (where failed), 0) as failures
    from grown where more is not null group by bucket)
select $id, bucket, bucket + to_seconds($width), 100.0 * failures / requests, requests from buckets where requests > 0;
