-- One row per event of a document that people wrote, or of a text of which nothing else is known: its lines, in order.
select e.path, e.line, e.message, e.body, v.kind = 'document' as document
from log_events e join evidence v using (path)
where e.message is not null and v.status <> 'duplicate'
    and (v.kind = 'document' and v.format in ('markdown', 'written-steps', 'status-update', 'symptom-report')
        or v.kind = 'unknown' and v.format = 'unknown-text')
order by e.path, e.line;
