-- One row per dated log event whose source and message fit: where it stands, and when it was.
select path, line, time from log_events
where time is not null and message is not null and not repeated
    and ($source = '' or regexp_matches(source, $source)) and regexp_matches(message, $pattern)
order by time, path, line limit 10000;
