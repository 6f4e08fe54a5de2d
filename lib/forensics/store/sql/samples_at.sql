-- One row per sample with which a stretch begins or ends, of the series behind some signals.
select s.path, case when e.physical > 1 or s.position is null then s.line end as line, s.position
from bounded_samples s left join evidence e using (path) join signals g on g.path = s.path and contains(g.definition, s.name)
where s.time in ($start, $end) and g.id in (from (select unnest($names_of)))
order by s.time, s.path, s.line, s.position limit 6;
