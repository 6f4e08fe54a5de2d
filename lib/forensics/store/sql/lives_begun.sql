-- One row per dated event of a large log that says that a process began to live: where it stands, and when.
select path, line, time from events semi join large_logs using (path)
where time is not null and what in (from (select unnest($lived))) order by time, path, line;
