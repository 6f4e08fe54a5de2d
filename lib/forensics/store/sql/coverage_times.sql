-- The whole seconds in which each source tells something: one row per source and second, with the pause since the one before.
create or replace temp table source_times as
with told as (
    select path, time, repeated, false as sampled from log_events where time is not null
    union all select path, second, false, false from (
        select distinct file, date_trunc('second', time) as second from quiet_events) join large_logs using (file)
    union all select path, time, false, true from samples where time is not null
    union all select path, time, false, false from probes where time is not null
    union all select path, time, false, false from spans where time is not null
    union all select path, time, false, false from security_events where time is not null),
seconds as (
    select path, date_trunc('second', time) as second, bool_and(repeated) as copied, bool_or(sampled) as sampled
    from told group by path, second)
select *, epoch(second - lag(second) over (partition by path order by second)) as pause from seconds;
