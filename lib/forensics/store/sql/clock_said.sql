-- One row per event of a log whose message a $pattern fits, by which its program says how far its clock is ahead of UTC.
select line, message from log_events where path = $path and regexp_matches(message, $pattern) order by line limit 100;
