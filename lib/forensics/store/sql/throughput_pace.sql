-- One row per bucket of $width seconds in which every steady series of a name was read: how much was done, all series together.
-- A `counter` tells it by what it rose; where it fell, it began anew and tells nothing.
with own as (
    select series, time, value, lag(value) over one as before, lag(time) over one as since
    from (select coalesce(series, '{}') as series, time, max(value) as value from bounded_samples
          where path = $path and name = $name and value is not null and until is null and time between $start and $end
          group by all)
    window one as (partition by series order by time)),
paced as (
    select series, time, case when not $counter then value when value >= before then (value - before) / epoch(time - since) end as pace
    from own),
known as (select * from paced where pace is not null),
steady as (
    select series from known group by series
    having count(*) >= 0.9 * (select max(readings) from (select count(*) as readings from known group by series))),
bucketed as (
    select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket, series, avg(pace) as pace
    from known semi join steady using (series) group by all)
select bucket, sum(pace) as pace from bucketed group by bucket
having count(*) = (select count(*) from steady) order by bucket;
