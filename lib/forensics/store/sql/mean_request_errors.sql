-- One row per line that says what a request failed with, apart from the line of its end.
insert into request_errors
select path, line, case when $by = 'tag' then nullif(parts.tag, '') else source end, parts.error
from (select path, line, source, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where time is not null and regexp_matches(source, $source) and regexp_matches(message, $pattern));
