-- One row per database whose rows tell when they were written: the newest of them, of those that are no later than $latest.
select path, max(time) as newest from database_rows where time <= $latest group by path order by path;
