-- The time until which a signal's last point tells.
select max(coalesce(until, time)) from points where id = $id;
