-- One row per table of numbers, kept row by row or, where its rows have times, as series: its first row as an object of its columns, or the
-- list of these.
select path, cast(arg_min("values", line) as text) as first from table_rows group by path
union all
select path, cast(to_json(list_sort(list(distinct name))) as text) from samples
where path in (select path from evidence where format = 'table-metrics-wide') group by path
order by path;
