-- One row per address and unbroken burst of failed logins: at least $least within $within seconds. `fired` is when the
-- rule first held, `start` and `end` are the burst's first and last failure.
with failures as (
    select address, time, path, line,
        lag(time, $least - 1) over w as nth_before, lag(time) over w as before
    from logins where not ok and time is not null and time between $start and $end
    window w as (partition by address order by time, path, line)),
marked as (
    select *, sum(case when before is null or epoch(time - before) > $within then 1 else 0 end)
        over (partition by address order by time, path, line) as burst,
        nth_before is not null and epoch(time - nth_before) <= $within as fires
    from failures)
select address, min(time) as start, max(time) as "end", min(time) filter (where fires) as fired, count(*) as failures,
    min_by(path, time) as path, min_by(line, time) as line
from marked group by address, burst having bool_or(fires)
order by fired, address;
