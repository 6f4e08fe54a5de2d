-- One row per file that gave log events.
select path, count(*) as lines from log_lines group by path order by lines desc, path;
