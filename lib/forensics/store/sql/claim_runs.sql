-- One row per number of a run that a table states in a column of its own.
select distinct path, json_extract_string("values", '$.run') as run from table_rows
where json_extract_string("values", '$.run') is not null order by path, run;
