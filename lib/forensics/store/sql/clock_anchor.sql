-- Place the times of a source whose own clock $began then: one that counts from 1970 on, or times of day, which stand on the
-- first day of 2000 and turn at each midnight.
update log_events set time = placed.time
from (
    with own as (
        select line, own_clock, year(own_clock) = 2000 as of_day,
            of_day and lag(own_clock) over (order by line) - own_clock > interval 12 hour as turns
        from log_events where path = $path and own_clock is not null)
    select line, $began + (own_clock - case when of_day then timestamp '2000-01-01' else timestamp '1970-01-01' end)
        + to_days(cast(count(case when turns then 1 end) over (order by line) as integer)) as time
    from own) as placed
where log_events.path = $path and log_events.line = placed.line;
update single_samples set time = $began + to_microseconds(cast(round(clock_s * 1e6) as bigint))
    where path = $path and clock_s is not null;
update series_samples set time = $began + to_microseconds(cast(round(clock_s * 1e6) as bigint))
    where number in (select number from sampled_series where path = $path) and clock_s is not null;
