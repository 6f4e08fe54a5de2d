-- One row per sample of a resource's use: when, how much was busy, of how much ($full where nothing measures it), and how long
-- the queue was, each as last read no longer than $reach seconds before.
with busy as (
    select time, max(value) as value from bounded_samples
    where path = $path and name = $busy and coalesce(series, '{}') = $series and value is not null and time between $start and $end group by time),
most as (
    select time, max(value) as value from bounded_samples
    where path = $limit_path and name = $limit and coalesce(series, '{}') = $limit_series and value is not null group by time),
queued as (
    select time, max(value) as value from bounded_samples
    where path = $queue_path and name = $queue and coalesce(series, '{}') = $queue_series and value is not null group by time)
select b.time, b.value as busy, coalesce(m.value, $full) as "limit", q.value as queue
from busy b asof left join most m on b.time >= m.time asof join queued q on b.time >= q.time
where q.time >= b.time - to_milliseconds(cast(1000 * $reach as bigint)) and coalesce(m.value, $full) > 0
order by b.time;
