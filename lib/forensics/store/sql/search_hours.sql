-- One row per extract that holds the lines of one clock hour of a fuller log, all of them and hardly any other: the hour, the log.
with dated as (select path, time, date_trunc('hour', time) as hour, repeated from log_events where time is not null),
copied as (select path from log_events where time is not null group by path having count(*) filter (where repeated) >= 0.5 * count(*)),
extracts as (
    select path, mode(hour) as hour, count(distinct time) as times from dated where path in (from copied) group by path),
within as (
    select d.path, d.hour, count(distinct d.time) as times from dated d
    where d.hour in (from (select hour from extracts)) group by d.path, d.hour),
fuller as (
    select path, min(time) as first_time, max(time) as last_time from dated
    where path not in (from (select path from extracts)) group by path)
select x.path, x.hour, f.path as log, f.first_time, f.last_time
from extracts x
join within mine on mine.path = x.path and mine.hour = x.hour
join within theirs on theirs.path <> x.path and theirs.hour = x.hour
join fuller f on f.path = theirs.path
where mine.times >= 0.9 * x.times and mine.times >= 0.95 * theirs.times and theirs.times >= 0.95 * mine.times
    and (f.first_time < x.hour or f.last_time >= x.hour + interval 1 hour)
qualify row_number() over (partition by x.path order by theirs.times desc, f.path) = 1
order by x.path;
