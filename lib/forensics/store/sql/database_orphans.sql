-- How many rows of a table name, in the columns $at, a row of the table $parent that is not there, and one such name.
with named as (
    select json_extract_string("values", $at) as key from database_rows where path = $path and "table" = $table
),
-- Many databases compare texts without regard to case; a row that only differs so is no orphan.
small as (
    select key, list_transform(key, lambda cell: lower(cell)) as small from named
    where len(list_filter(key, lambda cell: cell is null)) = 0
),
parents as (
    select distinct list_transform(json_extract_string("values", $to), lambda cell: lower(cell)) as small
    from database_rows where path = $path and "table" = $parent
)
select count(*) as rows, min(key) as example from small anti join parents using (small);
