-- One row: how many of the times that were just placed $zone leaves out (summer time begins), and how many it has twice (it ends).
with own as (select written, cast(timezone($zone, written) as timestamp) as utc from placed)
select count(*) filter (where timezone($zone, utc at time zone 'UTC') <> written) as left_out,
    count(*) filter (where timezone($zone, (utc + interval 1 hour) at time zone 'UTC') = written
        or timezone($zone, (utc - interval 1 hour) at time zone 'UTC') = written) as twice
from own;
