-- One row: of a signal whose points only stand in order between two times, the value before a line of its file and the one after it.
with placed as (
    select p.value, l.line from points p join loose_points l on l.id = p.id and l.time = p.time where p.id = $id)
select max_by(value, line) filter (where line < $line) as before, min_by(value, line) filter (where line > $line) as after
from placed;
