-- One request per row of a load test's results, as the client saw it. The row's time is the start unless it says otherwise.
insert into requests (path, line, time, started, id, method, route, address, duration_ms, status, failed, external, error)
with read as (
    select *, cell_number(duration) * $worth as took, cell_number(status) as code,
        lower(trim(success)) in ('false', 'f', 'no', '0') as refused
    from arrived)
select $path, line,
    case when $ends then time else time + to_microseconds(cast(coalesce(took, 0) * 1000 as bigint)) end,
    case when $ends then time - to_microseconds(cast(coalesce(took, 0) * 1000 as bigint)) else time end,
    nullif(trim(id), ''), nullif(trim(method), ''), nullif(trim(route), ''), nullif(trim(address), ''), took,
    case when code between 0 and 9999 then cast(code as integer) end,
    coalesce(code between 500 and 599 or code = 0, false) or coalesce(refused, false) or (code is null and coalesce(trim(status), '') <> ''),
    not regexp_matches(coalesce(address, ''), '^(127\.|::1|localhost|::ffff:127\.)'), nullif(trim(coalesce(error, '')), '')
from read where time is not null and coalesce(trim(method), '') <> '-';
