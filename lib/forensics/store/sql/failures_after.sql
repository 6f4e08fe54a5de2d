-- One row: the external requests that completed in the stretch, how many failed, and where the last failure stands.
select count(*) as requests, count(*) filter (where failed) as failed, max(time) filter (where failed) as last_time,
    arg_max(path, (time, path, line)) filter (where failed) as path, arg_max(line, (time, path, line)) filter (where failed) as line,
    max(time) as seen_until
from seen_requests where external and time > $start and time <= $end;
