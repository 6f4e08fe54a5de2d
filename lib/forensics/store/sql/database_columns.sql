-- One row per column of a table of the evidence: how many of its cells are filled, how many of those state a time, whether
-- some state more than a day, from when to when, and how often a row's is not before the row's before it.
with cells as (
    select row, unnest(range(1, len($at) + 1)) as place, unnest(json_extract_string("values", $at)) as cell
    from database_rows where path = $path and "table" = $table
),
times as (select row, place, cell, written_time(cell) as time from cells where cell is not null),
steps as (select *, time >= lag(time) over (partition by place order by row) as rises from times)
select place, count(*) as filled, count(time) as dated, coalesce(bool_or(time <> date_trunc('day', time)), false) as to_the_second,
    min(time) as first, max(time) as last, coalesce(avg(rises::integer), 1) as rising
from steps group by place order by place;
