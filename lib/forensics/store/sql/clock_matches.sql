-- One row per event that two sources tell of: the first's time and the second's; those of $relative sources as their own clocks
-- count. Ids of requests tell of one event wherever they stand, also where several lines tell of the
-- request while it runs; a text that is rare in both does where two different programs (their $formats, beside their $paths) wrote it,
-- for two runs of one program say the same things at different times. What seems rare among some quiet events of a large log
-- need not be rare in it: only their ids count.
with sources as (
    select path, coalesce(time, own_clock) as time, source, message, row_number() over (partition by path order by hash(line)) as nth
    from log_events
    where (time is not null or (own_clock is not null and list_contains($relative, path))) and not repeated and message is not null),
ids as (
    select path, time, source, message from sources where nth <= $most
    union all select path, time, source, message from heard_events),
told as (
    select path, time, left(message, 200) as token, true as text from sources where nth <= $most and length(message) >= 24
    union all
    select path, time, unnest(regexp_extract_all(concat_ws(' ', source, left(message, 400)),
        '[A-Za-z_-]*(?:[0-9]{9,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{12,}|[0-9A-HJKMNP-TV-Z]{20,})[A-Za-z0-9_-]*')), false
    from ids
    union all
    select path, time, 'event: ' || what, true from events where time is not null and what is not null),
rare as (
    select path, text, token, min(time) as time from told where text or regexp_matches(token, '[0-9]') group by path, text, token
    having count(distinct time) <= 2 or (not text and max(time) - min(time) <= interval 1 minute))
select a.path as first, b.path as second, a.time as first_time, b.time as second_time
from rare a join rare b on a.token = b.token and a.text = b.text and a.path < b.path
where not a.text or list_extract($formats, list_position($paths, a.path)) is distinct from list_extract($formats, list_position($paths, b.path))
order by first, second, b.time - a.time, a.time;
