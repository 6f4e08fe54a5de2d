-- One row per run of external requests that all failed, at least $least in a row, among those that ask for more than the health of the
-- service: from the first failure's completion to the next success, or to the last failure when none follows.
with ordered as (
    select time, failed, sum(case when failed then 0 else 1 end) over w as run, lag(time) over w is null as first_of_all
    from seen_requests
    where external and not regexp_matches(coalesce(route, ''), $checks) and time between $start and $end
    window w as (order by time, path, line)),
runs as (
    select run, min(time) filter (where failed) as start, max(time) filter (where failed) as last,
        min(time) filter (where not failed) as first_good,
        count(*) filter (where failed) as failures, bool_or(failed and first_of_all) as open_start
    from ordered group by run)
select start, coalesce(lead(first_good) over (order by run), last) as "end", failures, open_start,
    lead(first_good) over (order by run) is null as open
from runs
qualify failures >= $least
order by start;
