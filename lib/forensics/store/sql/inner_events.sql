-- One row per event of one text, in order, with the place of its record.
select line, last_line, "offset", length, level, source, message, body, time from log_events where path = $path order by line;
