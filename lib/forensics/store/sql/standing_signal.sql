-- One row per record of the evidence on which points of a signal rest: the first and the last over $limit, the highest where
-- $highest, the last up to $before and the first from $after on; null: not asked for. Of a point that many records make, the worst:
-- one that failed, else the longest or the highest. In a document that is one line, the element tells where.
with g as (from signals where id = $id),
own as (select time, until, value from points where id = $id),
chosen as (
    (select time, until from own where value > $limit order by time limit 1)
    union (select time, until from own where value > $limit order by time desc limit 1)
    union (select time, until from own where $highest order by value desc, time limit 1)
    union (select time, until from own where coalesce(until, time) <= $before order by time desc limit 1)
    union (select time, until from own where time >= $after order by time limit 1)),
records as (
    select s.path, s.line, s.position, s.time, s.place, coalesce(s.series, '{}') = g.labels as same, false as failed, s.value as size
    from bounded_samples s join g on s.path = g.path and s.name = g.name and s.value is not null
    union all
    select r.path, r.line, null, r.time, r.time, r.external, r.failed and g.signal <> 'response_time', r.duration_ms
    from requests r join g on g.of_requests and list_contains(string_split(g.path, ', '), r.path)
    union all
    select p.path, p.line, p.position, p.time, p.time, true, not p.ok and g.signal <> 'response_time', p.response_ms
    from probes p join g on g.vantage = 'probe' and g.name = '' and not g.of_requests and list_contains(string_split(g.path, ', '), p.path)),
placed as (
    select r.*, c.time as point, row_number() over (
        partition by c.time order by r.same desc, r.failed desc, r.size desc nulls last, r.time, r.path, r.line, r.position) as place_in_point
    from records r join chosen c on r.time = c.time or r.place = c.time or (r.time >= c.time and r.time < c.until))
select path, case when physical > 1 or position is null then line end as line, position
from placed left join evidence using (path) where place_in_point = 1 order by point, path, placed.line, position;
