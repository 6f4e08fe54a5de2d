-- One row per file that holds probes.
select distinct path from probes order by path;
