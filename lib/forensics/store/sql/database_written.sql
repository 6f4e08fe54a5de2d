-- Notes for each row of a table when it was written, as its column $at tells.
update database_rows set time = written_time(json_extract_string("values", $at))
where path = $path and "table" = $table;
