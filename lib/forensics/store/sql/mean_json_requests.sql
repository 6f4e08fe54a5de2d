-- One row per finished request that a record in JSON tells of: each part is the first of its paths that the record has. The stamp is
-- of the request's end, or, where the record has one of `starts`, of its start. What ended in an error before it had a status failed.
create or replace temp macro first_told(found) as list_filter(found, lambda one: one is not null and one not in ('', '-'))[1];

insert into requests
with told as (
    select path, line, time, source, message, unnest(range(greatest(times, 1)))
    from telling_events
    where time is not null and regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern) and json_valid(message)),
parts as (
    select path, line, time, source,
        first_told(json_extract_string(message, $id)) as id, first_told(json_extract_string(message, $error)) as error,
        upper(replace(coalesce(first_told(json_extract_string(message, $grpc)), ''), '_', '')) as grpc,
        first_told(json_extract_string(message, $status)) as status,
        regexp_extract(first_told(json_extract_string(message, $line)), '^([A-Z]+) ([^ ]+)', ['method', 'route']) as asked,
        first_told(json_extract_string(message, $method)) as method, first_told(json_extract_string(message, $route)) as route,
        regexp_replace(regexp_replace(first_told(json_extract_string(message, $address)), '^::ffff:|,.*$', '', 'g'), '^(\d+\.\d+\.\d+\.\d+):\d+$', '\1') as address,
        coalesce(
            1000 * try_cast(rtrim(first_told(json_extract_string(message, $s)), 's') as double),
            try_cast(first_told(json_extract_string(message, $ms)) as double),
            try_cast(first_told(json_extract_string(message, $ns)) as double) / 1e6) as took_ms,
        first_told(json_extract_string(message, $starts)) is not null as at_start
    from told),
read as (
    select *, case when took_ms >= 0 then took_ms end as took, try_cast(status as integer) as code,
        coalesce(try_cast(status as integer) between 500 and 599, status is null and error is not null)
            or grpc in ('UNKNOWN', 'DEADLINEEXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATALOSS', '2', '4', '12', '13', '14', '15') as bad,
        regexp_replace(regexp_replace(coalesce(nullif(asked.route, ''), route), '^\w+://[^/]*', ''), '\?.*$', '') as plain
    from parts)
select path, line,
    case when at_start then time + to_microseconds(cast(coalesce(took, 0) * 1000 as bigint)) else time end,
    case when at_start then time end,
    coalesce(id, source), coalesce(nullif(asked.method, ''), method), nullif(plain, ''), address, took, code, bad,
    not (starts_with(coalesce(address, ''), '127.') or coalesce(address, '') in ('::1', 'localhost')), case when bad then error end, null
from read where code is not null or bad;
