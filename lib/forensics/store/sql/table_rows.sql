-- One row per row of a table that tells neither measurements nor events: its cells as a JSON object.
insert into table_rows (path, line, "values")
select $path, line, '{' || array_to_string(list_transform(list_zip($names, cells),
    lambda cell: to_json(cell[1]) || ': ' || to_json(cell[2])), ', ') || '}'
from arrived;
