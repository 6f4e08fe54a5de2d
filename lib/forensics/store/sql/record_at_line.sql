-- One row per record of the store that stands at a line of a file: which table holds it, its time, and what it says.
select 'log_events' as held_in, line, time, message as said from log_events where path = $path and $line between line and last_line
union all select 'requests', line, time, concat_ws(' ', method, route, status, duration_ms || ' ms', error) from requests where path = $path and line = $line
union all select 'logins', line, time, concat_ws(' ', address, account, case when ok then 'succeeded' else 'failed' end) from logins where path = $path and line = $line
union all select 'probes', line, time, concat_ws(' ', target, case when ok then 'answered' else 'failed' end, status, detail) from probes where path = $path and line = $line
union all select 'events', line, time, concat_ws(': ', what, who, text) from events where path = $path and line = $line
union all select 'changes', line, time, concat_ws(' ', kind, id, summary) from changes where path = $path and line = $line
union all select 'samples', line, time, concat_ws(' ', name, value, unit) from samples where path = $path and line = $line
union all select 'quarantine', line, null, shown from quarantine where path = $path and line = $line
order by held_in, line, time, said;
