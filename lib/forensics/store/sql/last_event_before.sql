-- One row: the time of the last dated log event before a line of a file.
select max(time) from log_events where path = $path and line < $line and time is not null;
