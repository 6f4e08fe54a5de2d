-- One row per stretch of the window without any logged request, external or not, longer than $longer seconds.
with seen as (
    select time from seen_requests where time between $start and $end
    union all select $start union all select $end),
ordered as (select lag(time) over (order by time) as before, time from seen)
select before as "from", time as "to" from ordered where epoch(time - before) > $longer order by before;
