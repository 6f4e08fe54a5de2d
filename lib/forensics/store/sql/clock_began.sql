-- One row per event of one of $paths in a $folder that says, by a $pattern, for how many seconds its program had run: the file,
-- the line, the time and the seconds, as written.
select path, line, time, regexp_extract(message, $pattern, 1) as seconds from log_events
where list_contains($paths, path) and time is not null and not repeated and regexp_matches(message, $pattern)
    and regexp_extract(path, '^(.*/)?', 0) = $folder
order by path, line limit 100;
