-- One row: what a log event says, its first line and what stands below it.
select message, coalesce(body, '') from log_events where path = $path and line = $line and not repeated;
