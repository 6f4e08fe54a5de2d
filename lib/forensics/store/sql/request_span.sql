-- One row: which file tells of requests, and the times it covers.
select string_agg(distinct path, ', ' order by path) as paths, min(time) as first_time, max(time) as last_time, count(*) as requests,
    count(*) filter (where external) as external
from seen_requests where time between $start and $end;
