-- One row per row of a table of the evidence, its values as JSON.
insert into database_rows select $path, "table", row, "values" from arriving_rows;
