-- How many external requests of the stretch were for paths that fit $pattern.
select count(*) from seen_requests
where external and route is not null and time between $start and $end and regexp_matches(route, $pattern);
