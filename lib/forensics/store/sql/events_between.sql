-- One row per dated event of the stretch, in order.
select e.time, e.kind, e.what, coalesce(p.role, e.who) as who, e.text, coalesce(e.weight, 0) as weight, e.path, e.line, e.position, p.id is not null as person
from events e left join (select id, any_value(role) as role from people group by id) p on p.id = e.who
where e.time is not null and e.time between $start and $end
order by e.time, e.path, e.line, e.position, e.text;
