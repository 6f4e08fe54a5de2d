-- The whole seconds in which each source tells something: one row per source and second, with how much it tells then and the
-- pause since the one before.
create or replace temp table source_times as
with told as (
    select path, time, repeated, false as sampled, 1 as told from log_events where time is not null
    union all select path, second, false, false, told from (
        select file, date_trunc('second', time) as second, count(*) as told from quiet_events group by file, second)
        join large_logs using (file)
    union all select path, time, false, true, 1 from samples where time is not null
    union all select path, time, false, false, 1 from probes where time is not null
    union all select path, time, false, false, 1 from spans where time is not null
    union all select path, time, false, false, 1 from security_events where time is not null),
seconds as (
    select path, date_trunc('second', time) as second, bool_and(repeated) as copied, bool_or(sampled) as sampled, sum(told) as told
    from told group by path, second)
select *, epoch(second - lag(second) over (partition by path order by second)) as pause from seconds;
