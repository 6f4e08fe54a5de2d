-- One row per file that tells events of one of these kinds.
select distinct path from events where what in (from (select unnest($kinds))) order by path;
