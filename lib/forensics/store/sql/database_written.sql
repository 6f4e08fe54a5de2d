-- Notes for each row of a database when it was written, where a column of its table tells it: one row of `told` per table.
update database_rows set time = written_time(json_extract_string("values", told.at))
from told where path = $path and database_rows."table" = told."table";
