-- One row per file with errors that say that a resource is full: how often, the first line and message of them, and from when to
-- when they can have been told.
select path, count(*) as times, min(line) as first_line, min(coalesce(time, "after")) as first, max(coalesce(time, "before")) as last,
    min_by(message, line) as message
from log_events
where not repeated and message is not null and level in ('ERROR', 'FATAL', 'WARN') and regexp_matches(message, $says)
group by path order by path;
