-- How many rows of a table repeat the values that an earlier row has in the columns $at, and one example of such values.
with keys as (
    select json_extract_string("values", $at) as key from database_rows where path = $path and "table" = $table
),
-- Of a long blob only the beginning is kept, so two that differ may look alike.
groups as (
    select key, count(*) as rows from keys
    where len(list_filter(key, lambda cell: cell is null or starts_with(cell, '{"blob"'))) = 0
    group by key having count(*) > 1
)
select coalesce(sum(rows - 1), 0)::bigint as rows, min(key) as example from groups;
