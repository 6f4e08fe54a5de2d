-- One row: how many probes were made, the median distance between neighbouring ones in seconds, and which files tell of them.
select count(*) as probes, median(epoch(time - before)) as spacing, string_agg(distinct path, ', ' order by path) as paths,
    count(response_ms) as timed
from (select time, path, response_ms, lag(time) over (order by time) as before from probes
      where time between $start and $end and ok is not null);
