-- One row per log: how many lines it has in a stretch, and how many it has a second over all the time that it covers.
select path, count(*) filter (where time > $begins and time < $ends) as lines, count(*) / nullif(epoch(max(time) - min(time)), 0) as pace,
    min(time) as first_time, max(time) as last_time
from lines_in_order where time is not null group by path having max(time) > $ends and min(time) < $begins order by path;
