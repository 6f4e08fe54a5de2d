-- One row: external requests of the stretch whose route holds one of these words, and how many of them failed.
select count(*) as requests, count(*) filter (where failed) as failed, count(distinct route) as routes,
    count(distinct route) filter (where failed) as routes_failed, min(path) as path,
    arg_min(line, time) filter (where failed) as line
from seen_requests
where external and time between $start and $end
    and exists (from (select unnest($words) as word) where contains(lower(route), word));
