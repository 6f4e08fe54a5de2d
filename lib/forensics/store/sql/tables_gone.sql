-- One row per table with rows that a later state of a database has not any more: the rows, both states, and when each was taken.
select d."table", d.earlier_rows, d.earlier, d.later, e.taken, l.taken
from database_differences d
left join database_states e on e.path = d.earlier left join database_states l on l.path = d.later
where d.in_order and d.later_rows is null and d.earlier_rows > 0 and d.removed = d.earlier_rows
order by d.earlier_rows desc, d.earlier, d."table";
