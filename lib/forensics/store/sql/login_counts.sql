-- One row: attempts to log in that the logs tell, and the times they cover.
select count(*) as attempts, count(*) filter (where not ok) as failed, count(distinct address) filter (where not ok) as addresses,
    min(time) as first_time, max(time) as last_time, string_agg(distinct path, ', ' order by path) as paths
from logins where time between $start and $end;
