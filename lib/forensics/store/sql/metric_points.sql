-- One row per sample of the series of one of $parts: its series' number, where it stands, its value, its unit, and its
-- place in seconds, of the epoch where it is dated, else of the file's own clock.
select n.number, s.line, s.position, s.value, coalesce(epoch(s.time), s.clock_s) as place, s.time is not null as dated
from series_samples s join metric_numbers n on n.sampled = s.number where n.number % $parts = $part
union all
select n.number, s.line, s.position, s.value, coalesce(epoch(s.time), s.clock_s), s.time is not null
from single_samples s join metric_names n
    on s.path = n.path and s.name = n.name and s.labels is not distinct from n.labels
where n.number % $parts = $part;
