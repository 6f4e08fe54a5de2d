-- One row: the first and the last time of which points or attempts to log in tell; where all times are on clocks of their own,
-- which begin in $first_year and later, those on the first such clock.
with told as (
    select time, coalesce(until, time) as until from points
    union all select time, time from logins),
placed as (
    select time, until, year(time) >= $first_year as own, min(year(time)) filter (year(time) >= $first_year) over () as clock from told)
select coalesce(min(time) filter (not own), min(time) filter (year(time) = clock)) as first_time,
    coalesce(max(until) filter (not own), max(until) filter (year(time) = clock)) as last_time
from placed;
