-- One row per stretch in which a file whose samples come at a steady pace has none of any series, though it goes on afterwards.
with own as (select distinct path, time from bounded_samples where until is null and latest is null and time between $start and $end),
steps as (select path, time, lag(time) over (partition by path order by time) as before from own),
paces as (
    select path, median(epoch(time - before)) as usual, quantile_disc(epoch(time - before), 0.9) as slow, count(*) as samples
    from steps where before is not null group by path)
select s.path, s.before as "from", s.time as "to", p.usual
from steps s join paces p using (path)
where p.samples >= $least and p.usual > 0 and p.slow <= 2 * p.usual and epoch(s.time - s.before) > $steps * p.usual
order by s.before, s.path;
