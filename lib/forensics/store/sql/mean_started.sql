-- One row per line that says that a request has started.
insert into request_starts
select path, line, time, source from telling_events
where time is not null and regexp_matches(source, $source) and regexp_matches(message, $pattern);
