-- One row: the first and the last time of which points or attempts to log in tell.
select min(first_time) as first_time, max(last_time) as last_time from (
    select min(time) as first_time, max(coalesce(until, time)) as last_time from points
    union all select min(time), max(time) from logins);
