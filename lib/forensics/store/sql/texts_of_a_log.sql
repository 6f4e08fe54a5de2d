-- One row per event of a log, in order: its level, its source and its message, as one text.
select concat_ws(' ', level, source, message) as text from log_events where path = $path order by line;
