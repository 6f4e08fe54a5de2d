-- One message per text in the runbook's template that somebody saved as a file of its own: its heading, and a line that states
-- how it is.
insert into events (path, line, time, kind, what, text, weight)
select path, line, time, 'communication', 'update', concat_ws(chr(10), message, body), 3
from log_events
where not repeated and regexp_matches(message, $template) and regexp_matches(body, '(?m)' || $state);
