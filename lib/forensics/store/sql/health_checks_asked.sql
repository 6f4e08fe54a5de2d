-- One row: how many external requests of one place ask for the health of the service, and how many for anything else.
select count(*) filter (where asks) as checks, count(*) filter (where not asks) as others
from (select regexp_matches(coalesce(route, ''), $checks) as asks
      from requests semi join (from request_views where view = $view) using (path) where external and time between $start and $end);
