-- A few rows of each table of a database: its first ones.
select "table", "values" from database_rows where path = $path and row <= 20 and json_valid("values") order by "table", row;
