-- One row: how many texts hold events whose text is kept, counted up to two: fewer hold no copies of each other.
select count(*) from (select distinct path from log_events limit 2);
