-- One row per log file: how many of its events a fuller file holds too.
select path, count(*) as events, count(*) filter (where repeated) as copies from log_events group by path order by path;
