-- One row per file of judged requests by $until: how many, how many failed, by which definition, and where the first failure stands.
select path, count(*) as requests, count(*) filter (where failed) as failed, count(*) filter (where external) as external,
    count(*) filter (where external and failed) as external_failed,
    count(*) filter (where external and time between $start and $end) as within,
    count(*) filter (where external and failed and time between $start and $end) as within_failed,
    arg_min(line, time) filter (where failed and external) as line, max(duration_ms) / 1000 as longest_s
from seen_requests where time <= $until group by path order by path;
