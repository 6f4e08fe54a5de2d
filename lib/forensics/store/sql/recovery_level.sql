-- One row: of the levels of a signal after $start (see recovery_back), the least and the last.
with own as (
    select time, coalesce(until, time) as known, value, weight from points where id = $id and time >= $start),
levels as (
    select time, known, sum(value * weight) over recent / sum(weight) over recent as level,
        known - min(time) over () >= to_seconds($width) as whole
    from own window recent as (order by time range between to_microseconds($width * 1000000 - 1) preceding and current row))
select min(level) filter (where whole) as least, arg_max(level, time) filter (where whole) as last from levels;
