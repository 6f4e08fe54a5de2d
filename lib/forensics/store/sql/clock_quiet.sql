-- One row per quiet event of large logs, some $most of each, evenly chosen: the file, the line, where its text lies, the time,
-- and whether that is local time.
with counted as (select path, count(*) as events from quiet_events join large_logs using (file) group by path)
select path, line, "offset" + head as begins, least(length - head, 2000) as length, time, local, source
from quiet_events join large_logs using (file) join counted using (path)
where time is not null and length > head and hash(line) % greatest(1, events // $most) = 0
order by path, line;
