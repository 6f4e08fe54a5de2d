-- Give what the events of one source told, before they had times, the times that they have now.
update logins set time = e.time from log_events e where logins.path = $path and e.path = logins.path and e.line = logins.line;
update events set time = e.time from log_events e where events.path = $path and e.path = events.path and e.line = events.line;
update evidence set first_time = own.first, last_time = own.last
from (select path, min(time) as first, max(time) as last from log_events where path = $path group by path) as own where own.path = evidence.path;
