-- One row per minute in which rows of a table were written, as far as its rows tell: how many.
select path, "table", date_trunc('minute', time) as minute, count(*) as rows
from database_rows where time is not null and ($path is null or path = $path)
group by path, "table", minute order by path, "table", minute;
