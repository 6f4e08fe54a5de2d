-- One row per event that two sources tell of, by a request id or a text that is rare in both: the second's time minus the
-- first's, in seconds.
with sources as (
    select path, time, source, message,
        row_number() over (partition by path order by hash(line)) as nth
    from log_events
    where time is not null and not repeated and message is not null),
told as (
    select path, time, left(message, 200) as token from sources where nth <= $most and length(message) >= 24
    union all
    select path, time, unnest(regexp_extract_all(concat_ws(' ', source, left(message, 400)), '[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]{9,}')) as token
    from sources where nth <= $most
    union all
    select path, time, 'event: ' || what from events where time is not null and what is not null),
rare as (
    select path, token, min(time) as time from told
    where not regexp_matches(token, '^\d{4}-\d\d-\d\d')
    group by path, token having count(distinct time) <= 2)
select a.path as first, b.path as second, epoch(b.time - a.time) as seconds
from rare a join rare b on a.token = b.token and a.path < b.path
order by first, second, seconds;
