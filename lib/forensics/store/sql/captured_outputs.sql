-- One row per command of a terminal and per line of its own that it printed, such as a time: what it is, and what stands below it.
select line, source, message, body from log_events where path = $path order by line;
