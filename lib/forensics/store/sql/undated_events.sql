-- One row per kind of undated event that matters: how many, and the dated neighbours of the first and the last. Where lines of that
-- file count seconds under no date (`[t=103s]`), `counted_after` and `counted_before` are those that stand around the first and the last.
with undated as (
    select v.what, v.path, v.line, v.text, e."after", e."before"
    from events v join log_events e on e.path = v.path and e.line = v.line
    where v.time is null),
counting as (
    select path, line, try_cast(regexp_extract(source, '^[tT] ?[=+] *(\d{1,9}(?:\.\d{1,6})?) ?s$', 1) as double) as second
    from log_events
    where path in (select path from undated) and source is not null and regexp_matches(source, '^[tT] ?[=+] *\d{1,9}(?:\.\d{1,6})? ?s$')),
around as (
    select u.*, (select max(second) from counting c where c.path = u.path and c.line < u.line) as counted_after,
        (select min(second) from counting c where c.path = u.path and c.line > u.line) as counted_before
    from undated u)
select what, count(*) as times, min(path) as path, min(line) as line, min("after") as "after", max("before") as "before",
    min(text) as text, case when count(distinct path) = 1 then min(counted_after) end as counted_after,
    case when count(distinct path) = 1 then max(counted_before) end as counted_before
from around group by what order by what;
