-- One row per stretch, longer than $longer seconds, in which at least $least attempts to log in failed and none worked, from at least
-- three addresses, none of which made most of them; addresses that guessed passwords ($guessing) are left out.
with ordered as (
    select *, sum(case when ok then 1 else 0 end) over one as run from logins
    where time between $start and $end and not list_contains($guessing, coalesce(address, ''))
    window one as (order by time, path, line)),
runs as (
    select run, min(time) as start, max(time) as last, count(*) as failures, min_by(path, (time, line)) as path,
        min_by(line, (time, line)) as line
    from ordered where not ok group by run),
spread as (
    select run, count(*) as addresses, max(attempts) as most
    from (select run, address, count(*) as attempts from ordered where not ok group by all) group by run)
select start, last, failures, path, line from runs join spread using (run)
where failures >= $least and epoch(last - start) > $longer and addresses >= 3 and 2 * most <= failures
order by failures desc, start;
