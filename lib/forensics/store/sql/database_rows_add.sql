-- One row per row of a table of the evidence, its values as JSON.
insert into database_rows (path, "table", row, "values", time) select $path, "table", row, "values", time from arriving_rows;
