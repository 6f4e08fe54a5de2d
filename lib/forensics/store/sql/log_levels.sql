-- One row per level that occurs in the logs.
select level, count(*) as lines from log_lines where level is not null group by level order by lines desc, level;
