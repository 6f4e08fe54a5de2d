-- One row per request on which points of a signal rest that is measured of requests alone: of the points that standing_signal
-- chooses, the worst request of each.
with g as (from signals where id = $id),
own as (select time, until, value from points where id = $id),
edges as (
    select unnest([
        min(time) filter (where value > $limit), max(time) filter (where value > $limit),
        case when $highest then arg_max(time, (value, -epoch_us(time))) end,
        max(time) filter (where coalesce(until, time) <= $before), min(time) filter (where time >= $after)]) as time
    from own),
chosen as (select distinct time, until from own where time in (from edges)),
placed as (
    select c.time as point, r.path, r.line, row_number() over (
        partition by c.time
        order by r.external desc, (r.failed and g.signal <> 'response_time') desc, r.duration_ms desc nulls last, r.time, r.path, r.line) as nth
    from chosen c join requests r on r.time = c.time or (r.time >= c.time and r.time < c.until)
        join g on list_contains(string_split(g.path, ', '), r.path))
select path, line, null as position from placed where nth = 1 order by point, path, line;
