-- The time of a signal's first point.
select min(time) from points where id = $id;
