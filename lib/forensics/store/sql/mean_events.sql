-- One timeline event per log event that says so: behind $words what it is of, and the part of it that is captured, else the whole message.
-- `unless` and `only` are sources: a log in which one speaks means something else, or means this only then.
insert into events
select path, line, null, time, $kind, $what, nullif(parts.who, ''), $words || concat_ws(' — ', nullif(replace(parts.thing, ';', '/'), ''),
    coalesce(nullif(parts.text, ''), case when parts.thing = '' then message end)), cast($weight as integer)
from (select path, line, time, message, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern)
          and ($unless = '' or path not in (select path from telling_events where $unless <> '' and regexp_matches(source, nullif($unless, ''))))
          and ($only = '' or path in (select path from telling_events where $only <> '' and regexp_matches(source, nullif($only, '')))));
