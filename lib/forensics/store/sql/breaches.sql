-- One row per unbroken run of points over $limit. A point connects to the one before it when it stands no later than
-- that bucket's end or, for samples, no later than $gap seconds after it; a hole breaks a run, and missing is not zero.
-- Of samples that only stand in order between two times, `start` and "end" are the earliest that they can have, and beside them
-- stand the latest and their lines.
with known as (
    select p.*, earliest, latest, line
    from points p left join loose_points l on l.id = p.id and l.time = p.time and p.until is null
    where p.id = $id),
ordered as (
    select *, value > $limit as over_it,
        lag(value) over w > $limit as was_over,
        lag(time) over w as before, coalesce(lag(until) over w, lag(time) over w + to_milliseconds(cast($gap * 1000 as bigint))) as reach,
        lead(time) over w as next_time
    from known
    window w as (order by time)),
marked as (
    select *, sum(case when over_it and coalesce(was_over, false) and time <= reach then 0 else 1 end)
        over (order by time) as run
    from ordered),
runs as (
    select min(time) as first, max(time) as last, max(until) as last_until, max_by(coalesce(next_time, timestamp '9999-12-31'), time) as next_time,
        max(value) as peak, count(*) as points, sum(value * weight) / sum(weight) as rate, bool_or(before is null) as open_start
    from marked where over_it group by run),
ended as (
    select *, case
        when next_time = timestamp '9999-12-31' then
            case when coalesce(last_until, last) + to_milliseconds(cast($gap * 1000 as bigint)) >= $evidence_end then 'evidence_end' else 'gap' end
        when next_time <= coalesce(last_until, last + to_milliseconds(cast($gap * 1000 as bigint))) then 'back'
        else 'gap' end as ended
    from runs),
edged as (
    select *, case when ended = 'back' then coalesce(last_until, next_time) else coalesce(last_until, last) end as final from ended)
select coalesce(f.earliest, first) as start, coalesce(t.earliest, final) as "end", peak, ended, open_start, points, rate,
    f.latest as start_latest, f.line as start_line, t.latest as end_latest, t.line as end_line
from edged e left join known f on f.time = e.first left join known t on t.time = e.final and e.last_until is null
order by first;
