-- One row per command that a shell's history or a recorded terminal tells, with the times between which an undated one was given.
select e.path, e.line, e.time, e."after", e."before", e.message
from log_events e join evidence v on v.path = e.path
where e.source = 'shell' and v.kind in ('capture', 'document') and not e.repeated and e.message <> ''
order by e.path, e.line;
