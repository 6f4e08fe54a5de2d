-- Give the events of one text what the lines inside them tell, and take in the records that only continue them.
update log_events set level = coalesce(nullif(told.level, ''), log_events.level), source = coalesce(nullif(told.source, ''), log_events.source),
    message = coalesce(nullif(told.message, ''), log_events.message), body = coalesce(told.body, log_events.body),
    last_line = told.last_line, length = told.length
from told where log_events.path = $path and log_events.line = told.line;
delete from log_events where path = $path and line in (select line from gone);
