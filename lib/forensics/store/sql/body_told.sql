-- Complete the events of one text by what the lent rows tell; $local times name no zone, so that they stay known as written.
update log_events set level = coalesce(nullif(told.level, ''), log_events.level), source = coalesce(nullif(told.source, ''), log_events.source),
    message = coalesce(nullif(told.message, ''), log_events.message), body = case when $last then nullif(trim(told.rest, chr(10)), '') else body end,
    time = coalesce(told.time, log_events.time), own_clock = case when told.time is not null and $local then told.time else log_events.own_clock end,
    "after" = case when told.time is null then log_events."after" end, "before" = case when told.time is null then log_events."before" end
from told where log_events.path = $path and log_events.line = told.line;
