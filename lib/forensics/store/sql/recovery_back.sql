-- One row: after $start, the last point over $limit, the last level over $near (a level is the mean of the $width seconds that
-- end with a point, weighed by requests), the point from which neither comes again, and what was seen from then on.
with own as (
    select time, coalesce(until, time) as known, value, weight from points where id = $id and coalesce(until, time) > $start),
levels as (
    select time, known, value, sum(value * weight) over recent / sum(weight) over recent as level,
        known - min(time) over () >= to_seconds($width) as whole
    from own window recent as (order by time range between to_microseconds($width * 1000000 - 1) preceding and current row)),
ends as (
    select max(time) filter (where value > $limit) as over_limit, max(time) filter (where whole and level > $near) as off_usual,
        max(known) as last_time
    from levels),
settled as (
    select min(time) as first_level from levels, ends where whole and off_usual is not null and time > off_usual),
back as (
    select min(time) as time from own, ends, settled
    where (over_limit is null or own.time > over_limit)
        and (off_usual is null or own.time > first_level - to_seconds($width)))
select over_limit, off_usual, back.time as back, last_time,
    (select max(value) from own where own.time >= back.time) as peak,
    (select arg_max(level, time) from levels where levels.time >= back.time and whole) as level
from ends, settled, back;
