-- One row per pair of a source whose clock is $known and one whose is not, and quarter of an hour: how many of the first's
-- events the second tells so far off, of how many names, at how many moments, what is left of the differences, how many times
-- the second tells such an event at all, and of how many events: the quarter that most events tell comes first. Names are
-- words of several parts, such as drain-node-7, that a source of each sort tells; the two sources are of different formats ($known_formats, $unknown_formats).
with event_counts as (select path, cast(count(*) as ubigint) as held from log_events group by path),
said as (
    select path, time, concat_ws(' ', source, left(message, 400)) as text
    from log_events join event_counts using (path)
    where time is not null and message is not null and not repeated and hash(line) % greatest(1, (held + $most - 1) // $most) = 0
        and (list_contains($known, path) or list_contains($unknown, path))
    union all select path, time, concat_ws(' ', what, text) from events where time is not null
    union all select path, time, concat_ws(' ', id, summary) from changes where time is not null
    union all select path, time, target from probes where time is not null
    union all select path, time, name from spans where time is not null),
words as (
    select path, time, word
    from (select path, time, unnest(regexp_extract_all(text, '[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)+')) as word from said)
    where length(word) >= 10),
shared as (
    select word from words group by word
    having bool_or(list_contains($known, path)) and bool_or(list_contains($unknown, path))),
telling as (
    select path, word, date_trunc('second', time) as second, min(time) as time from words semi join shared using (word)
    group by path, word, second
    qualify count(*) over (partition by path, word) <= $most_told),
pairs as (
    select k.path as known, u.path as unknown, k.word, k.time as k_time, u.time as u_time, epoch(u.time - k.time) as seconds
    from telling k join telling u using (word)
    where list_contains($known, k.path) and list_contains($unknown, u.path)
        and list_extract($known_formats, list_position($known, k.path)) is distinct from list_extract($unknown_formats, list_position($unknown, u.path))
        and abs(epoch(u.time - k.time)) <= $farthest + $close),
of_all as (
    select known, unknown, count(distinct (word, k_time)) as of_events,
        cast(ceil(count(*) / count(distinct (word, k_time))) as bigint) as runs
    from pairs group by known, unknown),
near as (
    select *, cast(round(seconds / 900) as bigint) as quarters, seconds - 900 * round(seconds / 900) as rest from pairs
    where abs(seconds - 900 * round(seconds / 900)) <= $close)
select known, unknown, quarters, count(distinct (word, k_time)) as events, count(distinct word) as names,
    count(distinct date_trunc('second', k_time)) as moments, min(rest) as least, max(rest) as most, any_value(runs) as runs, any_value(of_events) as of_events
from near join of_all using (known, unknown)
group by known, unknown, quarters order by known, unknown, events desc, abs(quarters), quarters;
