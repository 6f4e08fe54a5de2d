-- One row: the levels of a signal from $start to $end: how many, their median and spread, and the stretch that they rest on. A level is
-- the mean of the $width seconds that end with a point, weighed by requests; there is none before so much was seen.
with own as (
    select time, coalesce(until, time) as known, value, weight from points where id = $id and time >= $start and coalesce(until, time) <= $end),
levels as (
    select time, known, sum(value * weight) over recent / sum(weight) over recent as level,
        known - min(time) over () >= to_seconds($width) as whole
    from own window recent as (order by time range between to_microseconds($width * 1000000 - 1) preceding and current row))
select count(*) filter (where whole) as levels, median(level) filter (where whole) as median,
    1.4826 * mad(level) filter (where whole) as spread, min(time) as first_time, max(known) as last_time
from levels;
