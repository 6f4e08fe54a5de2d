-- One row per record of the store that stands at one of these lines of a file: which table holds it, its time, and what it says.
with asked as (select unnest($lines::bigint[]) as line)
select path, 'log_events' as held_in, a.line, time, message as said from log_events l join asked a on a.line between l.line and l.last_line where path = $path
union all select path, 'requests', line, time, concat_ws(' ', method, route, status, duration_ms || ' ms', error) from requests join asked using (line) where path = $path
union all select path, 'logins', line, time, concat_ws(' ', address, account, case when ok then 'succeeded' else 'failed' end) from logins join asked using (line) where path = $path
union all select path, 'probes', line, time, concat_ws(' ', target, case when ok then 'answered' else 'failed' end, status, detail) from probes join asked using (line) where path = $path
union all select path, 'events', line, time, concat_ws(': ', what, who, text) from events join asked using (line) where path = $path
union all select path, 'changes', line, time, concat_ws(' ', kind, id, summary) from changes join asked using (line) where path = $path
union all select path, 'samples', line, time, concat_ws(' ', name, value, unit) from samples join asked using (line) where path = $path
union all select path, 'quarantine', line, null, shown from quarantine join asked using (line) where path = $path
order by line, held_in, time, said;
