-- One row per pair of sources, of different formats ($formats, beside their $paths), and quarter of an hour: how many requests of
-- the first, which tells fewer, the second tells so far off, of how many that it may tell, of how many targets, and what is
-- left of the differences in nine of ten cases; the quarter that most requests tell comes first. A target is a path that holds a number or a
-- parameter, so that few requests share it: what a source tells of more than $most_told times is left out.
with event_counts as (select path, cast(count(*) as ubigint) as held from log_events group by path),
said as (
    select path, time, left(message, 400) as text
    from log_events join event_counts using (path)
    where time is not null and not repeated and list_contains($paths, path) and contains(message, '/')
        and hash(line) % greatest(1, (held + $most - 1) // $most) = 0
    union all
    select path, time, left(message, 400) from heard_events where time is not null and list_contains($paths, path) and contains(message, '/')),
words as (
    select path, time, unnest(regexp_extract_all(text, '(?:^|[\s="''])(/[A-Za-z][^\s"''<>|,;)\]]*)', 1)) as target from said),
shared as (
    select target from words where length(target) >= 8 and regexp_matches(target, '[0-9?=]')
    group by target having min(path) <> max(path)),
telling as (
    select path, target, date_trunc('second', time) as second, min(time) as time
    from words semi join shared using (target) group by path, target, second
    qualify count(*) over (partition by path, target) <= $most_told),
sizes as (select path, count(*) as told, min(time) as first, max(time) as last from telling group by path),
pairs as (
    select a.path as first, b.path as second, a.target, a.time, epoch(b.time - a.time) as seconds
    from telling a join telling b using (target) join sizes s on s.path = a.path join sizes t on t.path = b.path
    where (s.told, s.path) < (t.told, t.path) and abs(epoch(b.time - a.time)) <= $farthest + $close
        and list_extract($formats, list_position($paths, a.path)) is distinct from list_extract($formats, list_position($paths, b.path))),
near as (
    select first, second, target, time, cast(round(seconds / 900) as bigint) as quarters, seconds - 900 * round(seconds / 900) as rest
    from pairs where abs(seconds - 900 * round(seconds / 900)) <= $close
    qualify row_number() over (partition by first, second, target, time, quarters order by abs(rest), rest) = 1),
agreeing as (
    select first, second, quarters, count(*) as events, count(distinct target) as targets,
        quantile_disc(rest, 0.05) as least, quantile_disc(rest, 0.95) as most
    from near group by first, second, quarters),
asked as (select distinct first, second, target, time from pairs),
told_at_all as (
    select g.first, g.second, g.quarters, count(*) as whole
    from agreeing g join asked using (first, second) join sizes t on t.path = g.second
    where asked.time + to_seconds(900 * g.quarters) between t.first and t.last
    group by g.first, g.second, g.quarters)
select first, second, quarters, events, targets, least, most, greatest(whole, events) as whole
from agreeing join told_at_all using (first, second, quarters)
order by first, second, events desc, abs(quarters), quarters;
