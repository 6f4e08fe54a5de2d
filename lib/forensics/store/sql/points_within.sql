-- How many points a signal has in a stretch of time.
select count(*) from points where id = $id and coalesce(until, time) >= $start and time <= $end;
