-- One row if the numbers of a table, which $key points to, name other rows in a later state than in an earlier one: from which
-- number on, to which, and how many. So it is where they begin alike, and all that both have from one number on were written at
-- another time and differ in half of their other cells, $cells; a row that was changed keeps most of what it is.
with earlier as (
    select try_cast(json_extract_string("values", $key) as bigint) as number, time, json_extract_string("values", $cells) as cells
    from database_rows where path = $earlier and "table" = $table
),
later as (
    select try_cast(json_extract_string("values", $key) as bigint) as number, time, json_extract_string("values", $cells) as cells
    from database_rows where path = $later and "table" = $table
),
both_have as (
    select number, earlier.time <> later.time as moved,
        len(list_filter(list_zip(earlier.cells, later.cells), lambda pair: pair[1] is distinct from pair[2])) as differing
    from earlier join later using (number) where number is not null
),
since as (select min(number) as number from both_have where moved)
select min(number) as first, max(number) as last, count(*) as rows
from both_have where number >= (select number from since)
having count(*) > 0 and first > (select min(number) from both_have) and bool_and(coalesce(moved, false)) and sum(differing) >= 0.5 * count(*) * len($cells);
