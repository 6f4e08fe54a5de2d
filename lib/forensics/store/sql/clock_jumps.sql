-- One row per source whose times fall back from one line to the next: how often, where first, the deepest fall in seconds
-- and its line, and what is written there. Records of a document have no offset, and no order that means anything: some
-- exports put the newest first. Stamps without a year or a date stand in the year 2000; they are compared with each other
-- alone, and may turn with the year or at midnight.
with own as (
    select path, line, case when year(own_clock) <> 2000 then own_clock else coalesce(time, own_clock) end as written
    from log_events
    where coalesce(own_clock, time) is not null and "offset" is not null),
falls as (
    select path, line, written, lag(written) over (partition by path, year(written) = 2000 order by line) as before from own)
select path, count(*) as falls, min(line) as first_line, max(epoch(before - written)) as deepest,
    arg_max(line, before - written) as line, arg_max(before, before - written) as before,
    arg_max(written, before - written) as written
from falls
where written < before
    and not (year(written) = 2000 and (before - written > interval 180 day
        or (before::date = date '2000-01-01' and before - written > interval 12 hour)))
group by path order by path;
