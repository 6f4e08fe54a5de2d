-- One row per log that tells anything between $floor and $ceiling, the pieces of a rotated one together: its first and its
-- last time there.
select coalesce(evidence.log, path) as log, min(time) as first, max(time) as last
from lines_in_order join evidence using (path)
where kind = 'log' and time between $floor and $ceiling
group by all order by log;
