-- One row: the latest time that the point at $time can have, where it is not the point's own.
select max(latest) from loose_points where id = $id and time = $time;
