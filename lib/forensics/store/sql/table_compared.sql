-- One row: of how many rows of a table a column states how many times as great $part is as $control, in how many that holds (to a
-- tenth, as such columns are rounded), in how many it is more and less than once, and the greatest with its line and its two numbers.
with told as (
    select line, try_cast(json_extract_string("values", $part) as double) as part, try_cast(json_extract_string("values", $control) as double) as control,
        try_cast(json_extract_string("values", $ratio) as double) as ratio
    from (select line, cast("values" as json) as "values" from table_rows where path = $path
          union all select line, json_group_object(name, value) from samples where path = $path group by line))
select count(*) as rows, count(*) filter (where control <> 0 and abs(part / control - ratio) <= 0.051) as holds,
    count(*) filter (where ratio > 1) as more, count(*) filter (where ratio < 1) as less,
    max(ratio) as most, arg_max(line, ratio) as line, arg_max(part, ratio) as part, arg_max(control, ratio) as control
from told;
