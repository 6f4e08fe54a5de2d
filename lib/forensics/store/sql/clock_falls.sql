-- One row per fall of a source's stamps by about an hour, or less by a silence, from one line to the next: the time before and after, as written.
with own as (
    select line, coalesce(time, own_clock) as written from log_events where path = $path and own_clock is not null
    union all select line, time from quiet_events join large_logs using (file) where path = $path and local),
pairs as (select line, written, lag(written) over (order by line) as before from own)
select before, written from pairs where before - written between interval 30 minute and interval 70 minute order by line;
