-- Let the headings of a copied chat stand at the times of what was said below them.
update log_events set time = said.time, own_clock = said.time
from (select line, time from events where path = $path) said where log_events.path = $path and log_events.line = said.line;
