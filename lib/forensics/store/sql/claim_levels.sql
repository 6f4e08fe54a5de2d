-- One row per signal of this kind: its lowest and its highest point by $until, and when the highest was.
select id, unit, definition, path, vantage, kind, whole, of_requests, min(value) as lowest, max(value) as highest, arg_max(time, value) as highest_time,
    min(time) as first_time, max(time) as last_time, count(*) as points, max(jump) as jump, max(pause) as pause, any_value(gap_s) as gap_s
from (
    select s.*, p.value, p.time, abs(p.value - lag(p.value) over one) as jump,
        epoch(p.time - lag(p.time) over one) as pause
    from signals s join points p using (id) where s.signal = $signal and p.time <= $until
    window one as (partition by s.id order by p.time))
group by all order by id;
