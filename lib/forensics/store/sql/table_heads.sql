-- One row per table that is kept row by row: its first row, as an object of its columns.
select path, arg_min("values", line) as first from table_rows group by path order by path;
