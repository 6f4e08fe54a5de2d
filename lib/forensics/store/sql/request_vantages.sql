-- One row per place from which requests were seen, the judged one first: which files, how many requests, how many of them
-- from outside.
select view, string_agg(distinct path, ', ' order by path) as paths, count(*) as requests, count(*) filter (where external) as external
from requests join request_views using (path)
where time between $start and $end
group by view, judged order by judged desc, list_position(['server', 'access log', 'edge', 'client', 'upstream'], view);
