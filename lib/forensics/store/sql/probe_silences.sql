-- One row per stretch of the window, longer than $longer seconds, without a bucket of $width seconds in which $target (any target
-- when empty) was probed; the window's edges count. Wider buckets, as rates of rare probes need them, would hide such stretches.
with seen as (
    select time_bucket(to_seconds($width), time, timestamp '1970-01-01') as bucket from probes
    where ok is not null and ($target = '' or target = $target) and time between $start and $end),
edges as (
    select bucket as time, bucket + to_seconds($width) as until from seen
    union all select $start, $start union all select $end, $end),
ordered as (
    select time, max(until) over (order by time, until rows between unbounded preceding and 1 preceding) as before from edges)
select before as "from", time as "to" from ordered
where before is not null and epoch(time - before) > $longer
order by before;
