-- One row per log that gave events.
select l.path, count(*) as lines from log_lines l join evidence e using (path)
where e.kind = 'log' group by l.path order by lines desc, l.path;
