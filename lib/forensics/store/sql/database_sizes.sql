-- One row per table of a database: how many bytes its rows hold.
select "table", sum(strlen("values"))::bigint as bytes from database_rows where path = $path group by "table";
