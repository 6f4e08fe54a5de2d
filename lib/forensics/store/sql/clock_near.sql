-- One row: how many dated records of one source lie, at an offset of $ahead from UTC, within a day of the stretch from $start to $end, and
-- how many within $margin of it.
with told as (
    select time from log_events where path = $path and time is not null
    union all select time from samples where path = $path
    union all select time from spans where path = $path
    union all select time from events where path = $path
    union all select time from changes where path = $path
    union all select time from probes where path = $path)
select count(*) filter (where time - $ahead between $start - interval 1 day and $end + interval 1 day),
    count(*) filter (where time - $ahead between $start - $margin and $end + $margin)
from told where time is not null;
