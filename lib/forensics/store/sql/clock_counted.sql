-- One row: the least and the most that a source's own clock counts, in seconds, and the first line that it counts on.
select min(seconds), max(seconds), min(line) from (
    select epoch(own_clock) as seconds, line from log_events where path = $path and own_clock is not null
    union all select clock_s, line from samples where path = $path and clock_s is not null);
