-- One row: the probe of $target that stands for all of a stretch: the last that failed, or else the last.
select path, case when physical > 1 or position is null then line end as line, position
from probes left join evidence using (path) where target = $target and ok is not null and time >= $start and time < $end
order by ok, time desc, probes.line desc, position desc limit 1;
