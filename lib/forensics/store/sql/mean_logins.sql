-- One row per attempt to log in; a line that says how often its message was repeated tells of so many.
insert into logins
select path, line, time, parts.address, nullif(parts.account, ''), $ok = 'true'
from (select path, line, time, unnest(range(greatest(times, 1))), regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern)) as found
where not exists (select 1 from logins l where l.path = found.path and l.line = found.line);
