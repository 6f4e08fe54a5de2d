-- One row per time of one source, as far as it has any: each once.
select distinct time from (
    select time from log_events where path = $path
    union all select time from events where path = $path
    union all select time from changes where path = $path)
where time is not null order by time limit 10000;
