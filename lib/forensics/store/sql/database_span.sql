-- One row per table of whose rows the evidence itself says when they were written: the first and the last.
select "table", min(time) as first, max(time) as last from database_rows where path = $path and time is not null group by "table";
