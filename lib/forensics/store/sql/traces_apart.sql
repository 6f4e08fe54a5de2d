-- One row per file of spans and trace whose spans name a parent that stands in this file under other traces only: how many spans
-- the trace has, under how many other traces such a parent stands, one of them, and how many spans the file holds.
with own as (select *, count(*) over (partition by path) as every from spans where trace is not null and trace <> ''),
strangers as (
    select s.path, s.trace, p.trace as other from own s join own p on p.path = s.path and p.span = s.parent and p.trace <> s.trace
    where not exists (select 1 from own q where q.path = s.path and q.trace = s.trace and q.span = s.parent))
select path, trace, any_value(n.spans) as spans, count(distinct other) as others, min(other) as other, any_value(n.every) as every
from strangers join (select path, trace, count(*) as spans, any_value(every) as every from own group by all) n using (path, trace)
group by path, trace order by path, spans desc, trace;
