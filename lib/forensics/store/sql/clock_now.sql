-- One row per event of a source that only counts seconds whose message holds a date and time: its line, the seconds, the message.
select line, epoch(own_clock), left(message, 400) from log_events
where path = $path and own_clock is not null and regexp_matches(message, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d') order by line limit 1000;
