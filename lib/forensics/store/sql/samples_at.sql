-- One row per sample with which a stretch begins or ends, of the series behind some signals.
select s.path, s.line, s.position
from samples s
where s.time in ($start, $end) and s.path in (select path from signals where id in (from (select unnest($names_of))))
    and s.name in (select split_part(definition, ',', 1) from signals where id in (from (select unnest($names_of))))
order by s.time, s.path, s.line, s.position limit 6;
