-- One row per series on a clock of its own whose name fits and that is 0 before it is more: when it last was 0, and first more.
select path, name, max(clock_s) filter (where value = 0 and clock_s < first_more) as last_zero, any_value(first_more) as first_more,
    arg_min(line, clock_s) filter (where value > 0) as line, arg_min(position, clock_s) filter (where value > 0) as position
from (
    select *, min(clock_s) filter (where value > 0) over (partition by path, name, series) as first_more from samples
    where time is null and clock_s is not null and regexp_matches(name, $fitting))
where first_more is not null group by path, name, series having last_zero is not null order by path, name;
