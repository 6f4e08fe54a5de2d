-- One row per stretch of the window in which no external request ($target null), or no probe of $target, ended: longer than $longer
-- seconds, and than three times what usually lies between two.
with asked as (
    select time from seen_requests where $target is null and external and time is not null
    union all
    select time from probes where $target is not null and target = $target and time is not null and ok is not null),
usual as (
    select coalesce(median(epoch(time - before)), 0) as seconds from (select time, lag(time) over (order by time) as before from asked)
    where before is not null),
seen as (
    select time from asked where time between $start and $end union all select $start union all select $end),
ordered as (select lag(time) over (order by time) as before, time from seen)
select before as "from", time as "to" from ordered, usual
where before is not null and epoch(time - before) > greatest($longer, 3 * seconds)
order by before;
