-- One row per line that says that a request has started: what joins it to its end, and what it asked for.
insert into request_starts
select path, line, time, case when $by = 'tag' then nullif(parts.tag, '') else source end,
    nullif(parts.method, ''), nullif(parts.route, ''), nullif(parts.address, '')
from (select path, line, time, source, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where time is not null and regexp_matches(source, $source) and regexp_matches(message, $pattern));
