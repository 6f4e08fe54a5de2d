-- How many requests of a place stand in access logs of which nothing tells whether their stamps are of the start or of the end.
select count(*) from requests join request_views using (path) join evidence using (path)
where view = $view and format = 'access-log' and duration_ms is null and started is null and time between $start and $end;
