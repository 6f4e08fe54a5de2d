-- One row: the last point of a signal before the one at $time or, of those that stand between two times, before the one of $line.
select coalesce(l.earliest, p.time) as time, value
from points p left join loose_points l on l.id = p.id and l.time = p.time
where p.id = $id
    and p.time < coalesce((select min(time) from loose_points where id = $id and earliest = $time and line = $line), $time)
order by p.time desc limit 1;
