-- One row per event of these logs that tells that a process ended, by $pattern: where it stands, when it was, as written, and of
-- an undated one the times of the dated events before and after it.
select path, line, coalesce(source, '') as source, message, coalesce(own_clock, time) as written, "after", "before"
from log_events
where list_contains($paths, path) and not repeated and message is not null and regexp_matches(message, $pattern)
order by path, line limit $most;
