-- The highest value of a signal.
select max(value) from points where id = $id;
