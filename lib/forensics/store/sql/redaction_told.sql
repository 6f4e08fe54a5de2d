-- One row per text that people wrote of the incident: messages, records of incidents that persons opened, lines of documents.
select text from events where kind = 'communication' and text is not null
union select concat_ws(chr(10), title, description, resolution) from incident_records where not coalesce(automatic, false)
union select concat_ws(chr(10), e.message, e.body) from log_events e join evidence v using (path)
    where v.kind in ('document', 'unknown') and v.status <> 'duplicate' and e.message is not null
order by text limit 20000;
