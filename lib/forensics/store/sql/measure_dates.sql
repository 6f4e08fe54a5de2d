-- One row per capture of `date` alone: when it was taken. A date above another command's output says nothing of other files.
select path, min(time) as time from log_events
group by path having count(*) = 1 and min(source) = 'date' and min(time) is not null and min(own_clock) is null order by path;
