-- One row per database some of whose rows have times later than $latest: how many, in which tables, and the latest of them.
select path, count(*) as rows, string_agg(distinct "table", ', ' order by "table") as tables, max(time) as newest
from database_rows where time > $latest group by path order by path;
