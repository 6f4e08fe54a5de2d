-- One row per table of a database, dump or log of changes, with what is known of the whole; a database without tables has one.
select s.path, s.dialect, s.whole, s.taken, s.log_file, s.log_position, t.name as "table", t.columns, t.rows, t.key,
    t.last_time, t.time_column, t.declared ilike 'create virtual%' as is_virtual
from database_states s left join database_tables t on t.path = s.path
order by s.path, t.name;
