-- One row per finished request of a log that folds the lines of a request into the line of its start ($each finds the line of an end). Where
-- one end stands below a start, both are told together, and the stamp is of the start. Where several or none do, requests ran side by
-- side and nothing says whose end is whose: each end is told by itself, at about its time.
insert into requests
with told as (
    select path, line, time, source, regexp_extract_all(body, $each) as ends, concat(message, chr(10), body) as whole
    from telling_events
    where time is not null and regexp_matches(source, $source) and regexp_matches(body, $each)),
said as (select path, line, time, source, unnest(case when len(ends) = 1 then [whole] else ends end) as one from told),
parts as (select *, regexp_extract(one, $pattern, $groups) as parts from said where regexp_matches(one, $pattern)),
read as (
    select *, parts.method <> '' as at_start, coalesce(try_cast(parts.duration_ms as double), 1000 * try_cast(parts.duration_s as double)) as took
    from parts)
select path, line,
    case when at_start then time + to_microseconds(cast(coalesce(took, 0) * 1000 as bigint)) else time end,
    case when at_start then time end,
    source, nullif(parts.method, ''), nullif(parts.route, ''), nullif(parts.address, ''), took, try_cast(parts.status as integer),
    coalesce(try_cast(parts.status as integer) between 500 and 599, false),
    not (starts_with(parts.address, '127.') or parts.address in ('::1', 'localhost', '::ffff:127.0.0.1')),
    case when try_cast(parts.status as integer) >= 500 then nullif(parts.error, '') end, nullif(parts.account, '')
from read;
