-- One row per run of failed probes of $target (any target when empty), at least $least in a row.
with ordered as (
    select time, ok, sum(case when ok then 1 else 0 end) over w as run, lag(time) over w is null as first_of_all
    from probes where time is not null and ok is not null and ($target = '' or target = $target)
        and time between $start and $end
    window w as (order by time, path, line, position)),
runs as (
    select run, min(time) filter (where not ok) as start, max(time) filter (where not ok) as last,
        count(*) filter (where not ok) as failures, min(time) filter (where ok) as first_ok,
        bool_or(not ok and first_of_all) as open_start
    from ordered group by run)
select start, coalesce(lead(first_ok) over (order by run), last) as "end", failures, open_start,
    lead(first_ok) over (order by run) is null as open
from runs
qualify failures >= $least
order by start;
