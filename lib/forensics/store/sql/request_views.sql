-- Say from where each file saw its requests: from the server, the access log in front of it, the edge before that, or the client. Requests are judged as the
-- server saw them or, where no server's log tells of any, as the nearest to it did.
delete from request_views;
insert into request_views
with seen as (
    select path, count(*) filter (where external) as external, count(*) as requests
    from requests where time between $start and $end group by path),
placed as (
    select path, external, requests, case
        when e.format in (from (select unnest($front))) then 'access log'
        when e.vantage in (from (select unnest($edge))) then 'edge'
        when e.vantage in (from (select unnest($client))) then 'client'
        else 'server' end as view
    from seen left join evidence e using (path)),
nearest as (
    select view from placed group by view
    order by sum(external) = 0, list_position(['server', 'access log', 'edge', 'client'], view) limit 1)
select path, view, view in (from nearest) from placed;
