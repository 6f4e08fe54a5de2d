-- One row: the last line's time as written; how often the year turned before it, each fall by more than half a year; how
-- many years before it its 29ths of February lie, which only leap years have; and the first and the last time of all lines.
with own as (
    select line, own_clock, lag(own_clock) over (order by line) - own_clock > interval 180 day as turns
    from log_events where path = $path and own_clock is not null),
turned as (
    select line, own_clock, count(case when turns then 1 end) over (order by line) as years from own)
select arg_max(own_clock, line), max(years),
    coalesce(list(distinct (select max(years) from turned) - years) filter (where month(own_clock) = 2 and day(own_clock) = 29), []),
    arg_min(own_clock, own_clock + to_years(cast(years as integer))), arg_max(own_clock, own_clock + to_years(cast(years as integer)))
from turned;
