-- One row per request that a log says has started.
insert into unfinished
select path, line, time, source, parts.method, parts.route,
    not (starts_with(parts.address, '127.') or parts.address in ('::1', 'localhost', '::ffff:127.0.0.1'))
from (select path, line, time, source, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where time is not null and regexp_matches(source, $source) and regexp_matches(message, $pattern));
