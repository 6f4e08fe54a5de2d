-- One row: how many of one source's times $zone leaves out (summer time begins), and how many it has twice (it ends).
with own as (
    select own_clock, cast(timezone($zone, own_clock) as timestamp) as utc
    from log_events where path = $path and own_clock is not null)
select count(*) filter (where timezone($zone, utc at time zone 'UTC') <> own_clock) as left_out,
    count(*) filter (where timezone($zone, (utc + interval 1 hour) at time zone 'UTC') = own_clock
        or timezone($zone, (utc - interval 1 hour) at time zone 'UTC') = own_clock) as twice
from own;
