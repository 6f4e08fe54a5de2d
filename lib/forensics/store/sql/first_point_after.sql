-- One row: the first point of a signal after a time.
select p.time, value from points p where p.id = $id and p.time > $time order by p.time limit 1;
