-- One row per measured signal of one kind that has a point, our own definition first.
select s.id, s.title, s.unit, s.definition, s.path, s.vantage, s.kind, s.gap_s, s.told, s.judged, s.whole, count(*) as points,
    min(p.time) as first_time, max(coalesce(p.until, p.time)) as last_time
from signals s join points p on p.id = s.id
where s.signal = $signal
group by all order by min(s.rowid);
