-- One row per distinct value of one column of one table of the evidence, as JSON.
select distinct cast(json_extract("values", $at) as varchar)
from database_rows where path = $path and "table" = $table and json_valid("values");
