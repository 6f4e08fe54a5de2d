-- One row: the latest time that the point at $time, or somewhere after it, can have, where it is not the point's own.
select max(latest) from loose_points where id = $id and earliest = $time;
