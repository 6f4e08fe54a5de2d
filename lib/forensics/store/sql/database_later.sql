-- One row per further column that tells of writing: the last time in it. What lies ahead of the writing in every row, as the
-- end of a session does, tells of the future.
with cells as (
    select time as written, unnest(range(1, len($at) + 1)) as place,
        written_time(unnest(json_extract_string("values", $at))) as time
    from database_rows where path = $path and "table" = $table
)
select place, max(time) as last from cells group by place having min(time - written) <= interval 1 second order by place;
