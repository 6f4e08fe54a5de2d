-- How many points a signal has.
select count(*) from points where id = $id;
