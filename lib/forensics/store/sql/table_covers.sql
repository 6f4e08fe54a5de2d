-- One row: how many records a table gave, and the times that they cover.
select count(*) as records, min(time) as first_time, max(time) as last_time, count(time) as timed, count(clock_s) as clocked,
    min(clock_s) as first_s, max(clock_s) as last_s
from (
    select time, clock_s from samples where path = $path
    union all select time, null from log_events where path = $path
    union all select time, null from spans where path = $path
    union all select time, null from requests where path = $path
    union all select time, null from changes where path = $path
    union all select started, null from incident_records where path = $path
    union all select time, null from events where path = $path and what in ('alert', 'alert state', 'complaint')
    union all select time, null from events where path = $path and what = 'alert resolved'
        and line not in (select line from events where path = $path and what in ('alert', 'alert state'))
    union all select time, null from probes where path = $path
    union all select null, null from calls where path = $path
    union all select null, null from table_rows where path = $path);
