-- One row per event of a document that people wrote, or of a text of which nothing else is known: its lines, in order.
-- What was taken for a log, and has no time in it and a title of Markdown above it, is a document too.
with first_lines as (select path, arg_min(message, line) as title from log_events group by path)
select e.path, e.line, e.message, e.body, v.kind <> 'unknown' as document
from log_events e join evidence v using (path) join first_lines using (path)
where e.message is not null and v.status <> 'duplicate'
    and (v.kind = 'document' and v.format in ('markdown', 'written-steps', 'status-update', 'symptom-report')
        or v.kind = 'log' and v.first_time is null and regexp_matches(title, '^# +\S')
        or v.kind = 'unknown' and v.format = 'unknown-text')
order by e.path, e.line;
