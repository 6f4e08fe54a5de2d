-- Say from where each file saw its requests: from the server, the access log in front of it, the edge before that, or the client. Requests are judged as the
-- place nearest to the server saw them that tells of at least half as many as any other does: the log of one service among many, or of one
-- process among several, is no measure of what users met.
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
told as (select view, sum(external) as external from placed group by view),
nearest as (
    select view from told
    order by external = 0, 2 * external < max(external) over (), list_position(['server', 'access log', 'edge', 'client'], view) limit 1)
select path, view, view in (from nearest) from placed;
