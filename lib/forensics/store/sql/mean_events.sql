-- One timeline event per log event that says so.
insert into events
select path, line, null, time, $kind, $what, null, parts.text, cast($weight as integer)
from (select path, line, time, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern));
