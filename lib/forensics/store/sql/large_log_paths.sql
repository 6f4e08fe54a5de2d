-- The logs that are too large to copy, of which quiet events have no text here.
select distinct path from large_logs order by path;
