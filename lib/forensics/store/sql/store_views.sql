-- One row per view of the store: its name and what it asks.
select view_name as name, sql from duckdb_views() where not internal order by view_name;
