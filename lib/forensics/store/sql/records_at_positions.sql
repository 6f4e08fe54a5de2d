-- One row per record of the store that a document holds under one of these numbers: which table holds it, its time, and what it says.
with asked as (select unnest($positions::bigint[]) as position)
select path, 'events' as held_in, position, time, concat_ws(': ', what, who, text) as said from events join asked using (position) where path = $path
union all select path, 'log_events', line, time, message from log_events join asked on line = asked.position where path = $path
union all select path, 'probes', position, time, concat_ws(' ', target, case when ok then 'answered' else 'failed' end, status, detail) from probes join asked using (position) where path = $path
union all select path, 'security_events', position, time, concat_ws(' ', what, severity, address, account) from security_events join asked using (position) where path = $path
union all select path, 'changes', position, time, concat_ws(' ', kind, id, summary) from changes join asked using (position) where path = $path
union all select path, 'incident_records', position, started, concat_ws(' ', id, severity, status, title) from incident_records join asked using (position) where path = $path
union all select path, 'samples', position, time, concat_ws(' ', name, value, unit) from samples join asked using (position) where path = $path
order by position, held_in, time, said;
