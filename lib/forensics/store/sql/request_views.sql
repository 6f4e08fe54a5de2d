-- Say from where each file saw its requests: from the server, the access log in front of it, the edge before that, or the client. Requests are judged as the
-- place nearest to the server saw them that tells of at least half as many as any other does: the log of one service among many, or of one
-- process among several, is no measure of what users met. Where most requests of one file stand in another of the same place under the
-- same ids, and took longer there, they are calls that were made while those were answered: `upstream` of it, and never judged beside it.
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
named as (
    select coalesce(e.log, path) as log, view, id, max(duration_ms) as took
    from requests r join placed using (path) left join evidence e using (path)
    where r.time between $start and $end and r.id is not null group by all having count(*) <= 10),
each as (select log, count(*) as ids from named group by log having count(*) >= 10),
calls as (
    select one.log
    from named one join named outer_one on one.id = outer_one.id and one.view = outer_one.view and one.log <> outer_one.log
        join each on each.log = one.log
    group by one.log, outer_one.log, each.ids
    having 2 * count(*) > each.ids and median(outer_one.took - one.took) > 0),
seen_from as (
    select path, external, case when coalesce(e.log, path) in (select log from calls) then 'upstream' else view end as view
    from placed left join evidence e using (path)),
told as (select view, sum(external) as external from seen_from group by view),
nearest as (
    select view from told
    order by external = 0, 2 * external < max(external) over (), list_position(['server', 'access log', 'edge', 'client', 'upstream'], view) limit 1)
select path, view, view in (from nearest) from seen_from;
