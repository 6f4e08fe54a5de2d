-- One row per finished request that a log tells of. Where a line says nothing of how long it took, it took $untimed
-- milliseconds, or nobody knows; a stamp is of its end, or of its `start`, as it is wherever microseconds are
-- told (Apache). What joins it to its start is its source, or the `tag` that its line begins with.
insert into requests
with told as (
    select *, case when took_ms >= 0 then took_ms end as took
    from (
        select path, line, time, source, parts, $stamped = 'start' or parts.duration_us <> '' as at_start,
            coalesce(try_cast(parts.duration_ms as double), 1000 * try_cast(parts.duration_s as double), try_cast(parts.duration_us as double) / 1000,
                try_cast($untimed as double)) as took_ms
        from (select path, line, time, source, unnest(range(greatest(times, 1))), regexp_extract(message, $pattern, $groups) as parts
              from telling_events
              where time is not null and regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern))))
select path, line,
    case when at_start then time + to_microseconds(cast(coalesce(took, 0) * 1000 as bigint)) else time end,
    case when at_start then time end,
    case when $by = 'tag' then nullif(parts.tag, '') else source end, nullif(parts.method, ''), nullif(parts.route, ''), nullif(parts.address, ''), took, try_cast(parts.status as integer),
    coalesce(try_cast(parts.status as integer) between 500 and 599, false) or parts.what = 'Request failed',
    not (starts_with(parts.address, '127.') or parts.address in ('::1', 'localhost', '::ffff:127.0.0.1')),
    nullif(parts.error, ''), nullif(parts.account, '')
from told;
