-- One row per capture of `date`: when it was taken.
select path, min(time) as time from log_events where source = 'date' and time is not null and own_clock is null
group by path having count(*) = 1 order by path;
