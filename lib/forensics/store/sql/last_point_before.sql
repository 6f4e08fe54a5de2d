-- One row: the last point of a signal before $time.
select time, value from points where id = $id and time < $time order by time desc limit 1;
