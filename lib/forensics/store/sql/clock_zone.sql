-- Move the times of one source from the local time of $zone to UTC. In the hour that runs twice when summer time ends, the
-- lines from the jump back of that day on are of its second run; times in the hour that summer time leaves out are kept.
create or replace temp table placed as
with own as (
    select line, written, cast(timezone($zone, written) as timestamp) as utc,
        written < lag(written) over (order by line) - interval 1 minute as falls
    from (
        select line, coalesce(time, own_clock) as written from log_events where path = $path and own_clock is not null
        union all
        select line, time from quiet_events join large_logs using (file) where path = $path and local)),
doubtful as (
    select line, utc, written, falls,
        timezone($zone, cast(utc + interval 1 hour as timestamp) at time zone 'UTC') = written as twice,
        timezone($zone, cast(utc - interval 1 hour as timestamp) at time zone 'UTC') = written as twice_before
    from own),
runs as (
    select *, count(case when falls and (twice or twice_before) then 1 end) over (partition by cast(written as date) order by line) as fallen
    from doubtful)
select line, written, case
    when twice and fallen > 0 then utc + interval 1 hour
    when twice_before and fallen = 0 then utc - interval 1 hour
    else utc end as time
from runs;
update log_events set time = placed.time
from placed where log_events.path = $path and log_events.line = placed.line and own_clock is not null;
update quiet_events set time = placed.time
from placed where file in (select file from large_logs where path = $path and local) and quiet_events.line = placed.line;
update requests set time = placed.time, started = requests.started + (placed.time - placed.written)
from placed where requests.path = $path and requests.line = placed.line and requests.path in (select path from large_logs);
update requests set time = cast(timezone($zone, time) as timestamp), started = cast(timezone($zone, started) as timestamp)
where path = $path and path not in (select path from large_logs);
update request_starts set time = placed.time from placed where request_starts.path = $path and request_starts.line = placed.line;
update logins set time = placed.time from placed where logins.path = $path and logins.line = placed.line;
update single_samples set time = cast(timezone($zone, time) as timestamp) where path = $path;
update series_samples set time = cast(timezone($zone, time) as timestamp)
    where number in (select number from sampled_series where path = $path);
update spans set time = cast(timezone($zone, time) as timestamp) where path = $path;
update events set time = cast(timezone($zone, time) as timestamp) where path = $path;
update changes set time = cast(timezone($zone, time) as timestamp) where path = $path;
update probes set time = cast(timezone($zone, time) as timestamp) where path = $path;
