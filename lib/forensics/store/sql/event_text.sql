-- One row: what stands below the first line of a log event, as in a stack trace.
select coalesce(body, '') from log_events where path = $path and line = $line and not repeated;
