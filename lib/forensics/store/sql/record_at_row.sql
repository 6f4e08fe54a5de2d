-- One row: what a row of a table of a database holds, and when it was written.
select 'database_rows' as held_in, row, time, "values" as said from database_rows
where path = $path and "table" = $table and row = $row;
