-- One row: the first and last time of one source.
select min(time), max(time) from (
    select time from log_events where path = $path
    union all select time from quiet_events join large_logs using (file) where path = $path
    union all select time from samples where path = $path
    union all select time from spans where path = $path
    union all select time from events where path = $path
    union all select time from changes where path = $path
    union all select time from probes where path = $path);
