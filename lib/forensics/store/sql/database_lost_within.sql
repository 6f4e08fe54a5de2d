-- One row per state that holds rows of a stretch of time which this database has not: how many.
select other, sum(rows)::bigint as rows from database_losses
where path = $path and first_time between $start and $end and last_time between $start and $end group by other order by rows desc, other;
