-- One row per file that tells of trouble: the first alert that fired or was about to, incident that was opened or probe that
-- failed in it, and when it last tells of any. Alerts that are called tests were sent to see whether they arrive.
with told as (
    select path, line, position, time, if(what = 'alert', 'an alert', 'a pending alert') as what from events
    where kind = 'signal' and (what = 'alert' or what = 'alert state' and regexp_matches(text, '\bpending\b'))
        and time is not null and not regexp_matches(text, '\b[Tt]est\b|[a-z]Test\b|\bTEST\b|\bTestAlert\b')
    union all select path, null, position, started, 'an incident' from incident_records where started is not null
    union all select path, line, position, time, 'a failed probe' from probes where not ok and time is not null)
select path, arg_min(line, time) as line, arg_min(position, time) as position, min(time) as time, arg_min(what, time) as what, max(time) as last
from told group by path order by time, path;
