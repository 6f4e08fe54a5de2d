-- One row: how many events a store holds, the smallest and largest instants, whether instants never fall from one
-- event to the next, and the stamps as written of events that could not be placed in UTC.
with ordered as (
    select *, lag(time) over (order by line) as earlier
    from log_events)
select count(*) as messages, min(time) as first_time, max(time) as last_time,
    coalesce(bool_and(time >= earlier), true) as in_order,
    arg_min(own_clock, line) as first_own, arg_max(own_clock, line) as last_own,
    min(own_clock) as least_own, max(own_clock) as most_own
from ordered;
