-- One row per file of judged requests by $until: how many there are, how many were answered with $status, and the first of those.
select path, count(*) as requests, count(*) filter (where status = $status) as answered,
    count(*) filter (where status = $status and external) as external,
    arg_min(line, time) filter (where status = $status) as line
from seen_requests where time <= $until and status is not null group by path order by path;
