-- One row per table of the store, by name.
select table_name as name from duckdb_tables() where not internal order by table_name;
