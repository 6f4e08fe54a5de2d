-- One row per source whose times fall back from one line to the next: how often, the deepest fall in seconds and its line,
-- and what is written there; and how often they rise, by how much at most, and where, which is null for large logs. Records of a document have no offset, and no order that means anything: some exports put the
-- newest first. Stamps without a year or a date stand in the year 2000; they are compared with each other alone, and may
-- turn with the year or at midnight. The dates of a large log were compared when all its lines were at hand.
with own as (
    select path, line, case when year(own_clock) <> 2000 then own_clock else coalesce(time, own_clock) end as written
    from log_events
    where coalesce(own_clock, time) is not null and "offset" is not null
        and (year(coalesce(own_clock, time)) = 2000 or path not in (select path from large_logs))),
pairs as (
    select path, line, written, lag(written) over (partition by path, year(written) = 2000 order by line) as before from own),
fallen as (
    select path, 1 as falls, line, before, written
    from pairs
    where written < before
        and not (year(written) = 2000 and (before - written > interval 180 day
            or (before::date = date '2000-01-01' and before - written > interval 12 hour)))
    union all
    select path, falls, line, before, written from large_log_falls),
deepest as (
    select distinct on (path) path, sum(falls) over (partition by path)::bigint as falls, epoch(before - written) as deepest,
        line, before, written
    from fallen order by path, before - written desc, line),
rising as (
    select path, count(*) as rises, max(epoch(written - before)) as highest, arg_max(line, written - before) as rises_at
    from pairs where written > before and path in (select path from deepest) group by path)
select path, falls, deepest, line, before, written, coalesce(rises, if(path in (select path from large_logs), null, 0)), highest, rises_at
from deepest left join rising using (path) order by path;
