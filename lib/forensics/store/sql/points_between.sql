-- How many points these signals have in a stretch.
select count(*) from points where list_contains($ids, id) and coalesce(until, time) >= $start and time <= $end;
