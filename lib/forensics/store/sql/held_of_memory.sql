-- One row per sample of what something holds in memory: when, how much that was, and how much memory was in use, as last read no
-- longer than $reach seconds before.
with held as (
    select time, max(value) as value from bounded_samples
    where path = $path and name = $held and coalesce(series, '{}') = $held_series and value is not null and time between $start and $end
    group by time),
used as (
    select time, max(value) as value from bounded_samples
    where path = $path and name = $used and coalesce(series, '{}') = $used_series and value is not null group by time)
select h.time, h.value as held, u.value as used from held h asof join used u on h.time >= u.time
where u.time >= h.time - to_milliseconds(cast(1000 * $reach as bigint)) order by h.time;
