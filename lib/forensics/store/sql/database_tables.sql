-- One row per table of the database evidence.
select path, name, rows, first_time, last_time, time_column from database_tables order by path, name;
