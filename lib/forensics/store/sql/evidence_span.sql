-- One row: the times that dated, running evidence covers: logs, metrics and probes, not the history of commits.
select min(first_time) as first_time, max(last_time) as last_time
from evidence where kind in ('log', 'metrics') and first_time is not null;
