-- One row per time that somebody who kept asking was answered or not. Where a command `printed` its answer, nothing printed, or
-- an error of the command itself, means that nothing answered; else its status says it, and curl's 000 is that of no answer.
insert into probes (path, line, target, time, ok, response_ms, status, detail)
with told as (
    select path, line, time, trim(coalesce(body, ''), E' \t\r\n') as answer, regexp_extract(message, $pattern, $groups) as parts
    from log_events
    where not repeated and time is not null and regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern)),
read as (
    select *, case when $printed = 'true' then nullif(regexp_extract(answer, '^(000|[1-5]\d\d)\b', 1), '') else parts.status end as status
    from told)
select path, line, parts.target, time,
    case when status is not null then cast(status as integer) between 1 and 499
        else answer <> '' and not regexp_matches(answer, '^(?:curl|wget): ') end,
    1000 * try_cast(parts.duration_s as double), cast(status as integer), nullif(answer, '')
from read;
