-- One timeline event per log event that says so: behind $words what it is of, and the part of it that is captured, else the whole message.
insert into events
select path, line, null, time, $kind, $what, nullif(parts.who, ''), $words || concat_ws(' — ', nullif(replace(parts.thing, ';', '/'), ''),
    coalesce(nullif(parts.text, ''), case when parts.thing = '' then message end)), cast($weight as integer)
from (select path, line, time, message, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern));
