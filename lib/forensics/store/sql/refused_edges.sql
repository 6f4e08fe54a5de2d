-- One row: the first and the last external request of a stretch that got $status, where they stand and when they completed; and the last
-- request before the first, and the first after the last, that was answered otherwise.
with refused as (select path, line, time from seen_requests where external and status = $status and time >= $start and time < $end),
first_one as (select * from refused order by time, path, line limit 1),
last_one as (select * from refused order by time desc, path desc, line desc limit 1),
others as (select time from seen_requests where external and status is distinct from $status and not failed)
select f.path as path, f.line as line, f.time as first, l.path as last_path, l.line as last_line, l.time as last,
    (select max(time) from others where time < f.time) as before, (select min(time) from others where time > l.time) as after
from first_one f cross join last_one l;
