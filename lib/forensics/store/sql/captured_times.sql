-- One row per line of its own in a capture whose time is known: the line, and the time.
select line, time from log_events where path = $path and time is not null order by line;
