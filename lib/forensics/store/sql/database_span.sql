-- When the first and the last row of a table were written, as far as the rows tell.
select min(time) as first, max(time) as last from database_rows where path = $path and "table" = $table;
