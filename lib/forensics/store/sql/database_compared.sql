-- How the rows of one table differ between two states of it: rows added, removed and changed. What $key points to says
-- which row is which; $cells is what is compared. Where keys repeat, as many as there are count.
with earlier as (
    select to_json(json_extract_string("values", $key)) as key, to_json(json_extract_string("values", $cells)) as cells
    from database_rows where path = $earlier and "table" = $table
),
later as (
    select to_json(json_extract_string("values", $key)) as key, to_json(json_extract_string("values", $cells)) as cells
    from database_rows where path = $later and "table" = $table
),
before as (select key, count(*) as rows, list(cells order by cells) as cells from earlier group by key),
after as (select key, count(*) as rows, list(cells order by cells) as cells from later group by key)
select coalesce(sum(greatest(coalesce(after.rows, 0) - coalesce(before.rows, 0), 0)), 0)::bigint as added,
    coalesce(sum(greatest(coalesce(before.rows, 0) - coalesce(after.rows, 0), 0)), 0)::bigint as removed,
    coalesce(sum(after.rows) filter (where before.rows = after.rows and before.cells <> after.cells), 0)::bigint as changed
from before full join after using (key);
