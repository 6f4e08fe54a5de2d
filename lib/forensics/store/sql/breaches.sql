-- One row per unbroken run of points over $limit. A point connects to the one before it when it stands no later than
-- that bucket's end or, for samples, no later than $gap seconds after it; a hole breaks a run, and missing is not zero.
with ordered as (
    select time, until, value, weight, value > $limit as over_it,
        lag(value) over w > $limit as was_over,
        lag(time) over w as before, coalesce(lag(until) over w, lag(time) over w + to_milliseconds(cast($gap * 1000 as bigint))) as reach,
        lead(time) over w as next_time
    from points where id = $id
    window w as (order by time)),
marked as (
    select *, sum(case when over_it and coalesce(was_over, false) and time <= reach then 0 else 1 end)
        over (order by time) as run
    from ordered),
runs as (
    select min(time) as start, max(time) as last, max(until) as last_until, max_by(coalesce(next_time, timestamp '9999-12-31'), time) as next_time,
        max(value) as peak, count(*) as points, sum(value * weight) / sum(weight) as rate, bool_or(before is null) as open_start
    from marked where over_it group by run)
select start,
    case when ended = 'back' then coalesce(last_until, next_time) else coalesce(last_until, last) end as "end",
    peak, ended, open_start, points, rate
from (select *, case
        when next_time = timestamp '9999-12-31' then
            case when coalesce(last_until, last) + to_milliseconds(cast($gap * 1000 as bigint)) >= $evidence_end then 'evidence_end' else 'gap' end
        when next_time <= coalesce(last_until, last + to_milliseconds(cast($gap * 1000 as bigint))) then 'back'
        else 'gap' end as ended
      from runs)
order by start;
