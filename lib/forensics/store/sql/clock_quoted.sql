-- One row per instant, with its zone, that a message of one of $paths quotes: the line's own stamp, and that instant. An answer's Date and the stamp of a record say when something happened, and so do the stamp with which a message begins, that of an access log and that of a request that Rails starts; other instants (a token's end) do not.
with told as (
    select path, own_clock, coalesce(time, own_clock) as time, concat_ws(chr(10), left(message, 2000), left(body, 4000)) as text
    from log_events
    where list_contains($paths, path) and own_clock is not null and message is not null and not repeated
    union all
    select path, own_clock, time, left(message, 2000) from heard_events where list_contains($paths, path) and own_clock is not null
    limit $most),
quoted as (
    select path, time, unnest(regexp_extract_all(text,
        '(?i)(?:\A|\[|\b(?:date|timestamp|@timestamp|ts|time)[''"]?\s?[:=]\s?[''"]?|" for \S+ at )(\d\d/[a-z]{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}|(?:mon|tue|wed|thu|fri|sat|sun), \d\d [a-z]{3} \d{4} \d\d:\d\d:\d\d gmt|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}|1\d{9}(?:\d{3})?)\b',
        1)) as stamp
    from told where regexp_matches(text, '(?i)date|time|ts|\A\d{4}-|\d/[a-z]{3}/\d{4}:|" for \S+ at \d')),
placed as (
    select path, time, coalesce(try_strptime(stamp, '%a, %d %b %Y %H:%M:%S GMT'),
        cast(try_strptime(stamp, ['%d/%b/%Y:%H:%M:%S %z', '%Y-%m-%d %H:%M:%S %z']) at time zone 'UTC' as timestamp), stated_time(stamp)) as instant from quoted)
select path, time, instant from placed where instant is not null order by path, time - instant, time;
