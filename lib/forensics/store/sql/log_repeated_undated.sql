-- An extract's undated events have no time to be told apart by: they are copies where the same text stands, undated,
-- in a fuller file, or where most of the extract's dated events are.
update log_events set repeated = true
from (
    select e.path, e.line from log_events e
    where e.time is null and e.path in (from (select unnest($extracts)))
        and exists (select 1 from log_events f where f.time is null and f.message = e.message
            and f.path not in (from (select unnest($extracts))))
) as copies
where log_events.path = copies.path and log_events.line = copies.line;
