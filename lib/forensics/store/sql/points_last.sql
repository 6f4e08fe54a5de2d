-- The time until which a signal's last point tells.
select max(coalesce(p.until, l.earliest, p.time)) from points p left join loose_points l on l.id = p.id and l.time = p.time where p.id = $id;
