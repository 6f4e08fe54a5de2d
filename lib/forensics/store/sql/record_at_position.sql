-- One row per record of the store that a document holds under a number: which table holds it, its time, and what it says.
select 'events' as held_in, position, time, concat_ws(': ', what, who, text) as said from events where path = $path and position = $position
union all select 'log_events', line, time, message from log_events where path = $path and line = $position
union all select 'probes', position, time, concat_ws(' ', target, case when ok then 'answered' else 'failed' end, status, detail) from probes where path = $path and position = $position
union all select 'security_events', position, time, concat_ws(' ', what, severity, address, account) from security_events where path = $path and position = $position
union all select 'changes', position, time, concat_ws(' ', kind, id, summary) from changes where path = $path and position = $position
union all select 'incident_records', position, started, concat_ws(' ', id, severity, status, title) from incident_records where path = $path and position = $position
union all select 'samples', position, time, concat_ws(' ', name, value, unit) from samples where path = $path and position = $position
order by held_in, position, time, said;
