-- One row per column that may not be empty and is, in some rows of a table: its place in $at, how many rows, the first.
with cells as (
    select row, unnest(range(1, len($at) + 1)) as place, unnest(json_extract_string("values", $at)) as cell
    from database_rows where path = $path and "table" = $table
)
select place, count(*) as rows, min(row) as first from cells where cell is null group by place order by place;
