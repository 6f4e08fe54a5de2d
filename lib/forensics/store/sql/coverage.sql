-- One row per file that covers a stretch of time.
select path, kind, first_time, last_time from evidence where first_time is not null order by first_time, path;
