-- Say from where each file saw its requests: from the server, the access log in front of it, the edge before that, or the client. Requests are judged as the
-- place nearest to the server saw them that tells of at least half as many as any other does: the log of one service among many, or of one
-- process among several, is no measure of what users met; nor is one that tells of less than nine tenths of the minutes of which the
-- fullest does: its writer was down, or it was cut; nor is one that saw less than half of the failures, and ten fewer at least, that a place
-- in front of it saw of no fewer requests: what was given up before the server answered, or never reached it, failed for users all the
-- same. Where most requests of one file stand in another of the same place under the
-- same ids, and took longer there, they are calls that were made while those were answered: `upstream` of it, and never judged beside
-- it; nor is one of which most requests are among the events that it shares with another, larger one (evidence/compared_clocks.py).
delete from request_views;
insert into request_views
with seen as (
    select path, count(*) filter (where external) as external, count(*) as requests, count(*) filter (where external and failed) as failed
    from requests where time between $start and $end group by path),
placed as (
    select path, external, requests, failed, case
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
logs as (select coalesce(e.log, path) as log, view, sum(external) as external, sum(requests) as requests from placed left join evidence e using (path) group by all),
twice as (
    select one.log
    from logs one join logs larger on one.view = larger.view and one.external > 0 and (one.external, one.log) < (larger.external, larger.log)
        join (
            select coalesce(a.log, first) as one, coalesce(b.log, second) as other, found, looked_at
            from shared_events left join evidence a on a.path = first left join evidence b on b.path = second) s
            on (s.one, s.other) in ((one.log, larger.log), (larger.log, one.log))
    group by one.log, larger.log, one.requests having sum(found) >= 10 and 2 * sum(found / looked_at) > one.requests),
seen_from as (
    select path, external, failed, case
        when coalesce(e.log, path) in (select log from calls union all select log from twice) then 'upstream'
        else view end as view
    from placed left join evidence e using (path)),
told as (
    select view, sum(external) as external, sum(failed) as failed, any_value(minutes) as minutes,
        list_position(['server', 'access log', 'edge', 'client', 'upstream'], view) as place
    from seen_from join (
        select view, count(distinct date_trunc('minute', time)) as minutes
        from requests join seen_from using (path) where time between $start and $end group by view) using (view)
    group by view),
blind as (
    select one.view
    from told one join told before on before.place > one.place and before.view in ('access log', 'edge')
    where 10 * before.external >= 9 * one.external and before.failed > 2 * one.failed and before.failed >= one.failed + 10),
nearest as (
    select view from told
    order by external = 0, 2 * external < max(external) over (), 10 * minutes < 9 * max(minutes) filter (where external > 0) over (),
        view in (from blind), place
    limit 1)
select path, view, view in (from nearest) from seen_from;
