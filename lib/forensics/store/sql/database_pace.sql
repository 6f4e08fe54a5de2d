-- One row per database whose rows tell when they were written: the newest, in how many minutes of the hour before it rows
-- were written, and how many seconds lay between two such minutes at most.
with newest as (select path, max(time) as newest from database_rows where time is not null group by path),
minutes as (
    select distinct r.path, n.newest, date_trunc('minute', r.time) as minute
    from database_rows r join newest n on n.path = r.path
    where r.time > n.newest - interval 1 hour
),
pauses as (
    select path, newest, date_diff('second', lag(minute) over (partition by path order by minute), minute) as pause from minutes
)
select path, newest, count(*) as minutes, max(pause) as longest_pause from pauses group by path, newest order by path;
