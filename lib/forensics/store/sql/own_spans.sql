-- One row per log some of whose events stand in another one, too: from when to when it has events of its own.
select path, min(time) filter (where not repeated) as first, max(time) filter (where not repeated) as last
from log_events where time is not null and path not in (select path from large_logs)
group by path having bool_or(repeated) order by path;
