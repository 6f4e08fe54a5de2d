-- The time of a signal's first point.
select min(coalesce(l.earliest, p.time)) from points p left join loose_points l on l.id = p.id and l.time = p.time where p.id = $id;
