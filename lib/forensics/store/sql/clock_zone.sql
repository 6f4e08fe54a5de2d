-- Move the times of one source from the local time of $zone to UTC. In the hour that runs twice when summer time ends, the
-- lines from the last backward jump on are of its second run; times in the hour that summer time leaves out are kept.
update log_events set time = placed.time
from (
    with own as (
        select line, own_clock, cast(timezone($zone, own_clock) as timestamp) as utc,
            own_clock < lag(own_clock) over (order by line) - interval 30 minute as falls
        from (select line, coalesce(time, own_clock) as own_clock from log_events where path = $path and own_clock is not null)),
    runs as (
        select line, utc, own_clock, count(*) filter (where falls) over (order by line) as fallen,
            timezone($zone, cast(utc + interval 1 hour as timestamp) at time zone 'UTC') = own_clock as twice,
            timezone($zone, cast(utc - interval 1 hour as timestamp) at time zone 'UTC') = own_clock as twice_before
        from own)
    select line, case
        when twice and fallen > 0 then utc + interval 1 hour
        when twice_before and fallen = 0 then utc - interval 1 hour
        else utc end as time
    from runs) as placed
where log_events.path = $path and log_events.line = placed.line;
update single_samples set time = cast(timezone($zone, time) as timestamp) where path = $path;
update series_samples set time = cast(timezone($zone, time) as timestamp)
    where number in (select number from sampled_series where path = $path);
update spans set time = cast(timezone($zone, time) as timestamp) where path = $path;
update events set time = cast(timezone($zone, time) as timestamp) where path = $path;
update changes set time = cast(timezone($zone, time) as timestamp) where path = $path;
update probes set time = cast(timezone($zone, time) as timestamp) where path = $path;
