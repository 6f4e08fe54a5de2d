-- One row per stretch of the window without a point, longer than $longer seconds; the window's edges count.
with seen as (
    select time, coalesce(until, time) as until from points where id = $id and coalesce(until, time) >= $start and time <= $end
    union all select $start, $start union all select $end, $end),
ordered as (
    select time, max(until) over (order by time, until rows between unbounded preceding and 1 preceding) as before from seen)
select before as "from", time as "to" from ordered
where before is not null and epoch(time - before) > $longer
order by before;
