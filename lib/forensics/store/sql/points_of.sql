-- One row per point of a signal, in order.
select time, until, value, weight from points where id = $id order by time;
