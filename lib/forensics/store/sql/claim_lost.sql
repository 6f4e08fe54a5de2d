-- One row per table of which a state lacks rows that other evidence holds: the state, the other evidence, the table, and how many.
select path, other, "table", rows from database_losses order by path, other, "table";
