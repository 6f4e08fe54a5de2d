-- One row per series of a file that rises and rises: its value at the ends of a stretch, and how much it usually rose a second before it.
with own as (
    select name, coalesce(series, '{}') as series, time, max(value) as value from bounded_samples
    where path = $path and value is not null and time between $since and $ends group by all),
steps as (select *, lag(value) over (partition by name, series order by time) as before from own),
rising as (select name, series from steps group by all having bool_and(coalesce(value >= before, true)) and count(distinct value) >= 3)
select name, series, arg_max(value, time) filter (where time <= $begins) as "at", arg_max(value, time) as after,
    (arg_max(value, time) filter (where time <= $begins) - arg_min(value, time))
        / nullif(epoch(max(time) filter (where time <= $begins) - min(time)), 0) as usual
from own semi join rising using (name, series)
group by name, series order by name, series;
