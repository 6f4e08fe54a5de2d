-- One row per output of `date` that says its zone, whether it was saved alone or stands on a terminal: the file, the time, what was printed.
select path, time, message from log_events
where source in ('date', 'clock') and time is not null and own_clock is null and not repeated order by path, time;
