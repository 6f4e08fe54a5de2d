-- One row per kind of undated event that matters: how many, and the dated neighbours of the first and the last.
select v.what, count(*) as times, min(v.path) as path, min(v.line) as line, min(e."after") as "after", max(e."before") as "before",
    min(v.text) as text
from events v join log_events e on e.path = v.path and e.line = v.line
where v.time is null group by v.what order by v.what;
