-- The median distance between neighbouring points of a signal, in seconds.
select median(epoch(time - before)) from
    (select time, lag(time) over (order by time) as before from points where id = $id) where before is not null;
