-- One row per finished request that a log tells of.
insert into requests
select path, line, time, null, source, parts.method, parts.route, parts.address,
    coalesce(try_cast(parts.duration_ms as double), 0), try_cast(parts.status as integer),
    coalesce(try_cast(parts.status as integer) >= 500, false) or parts.what = 'Request failed',
    not (starts_with(parts.address, '127.') or parts.address in ('::1', 'localhost', '::ffff:127.0.0.1')),
    nullif(parts.error, '')
from (select path, line, time, source, unnest(range(greatest(times, 1))), regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where time is not null and regexp_matches(source, $source) and regexp_matches(message, $pattern));
