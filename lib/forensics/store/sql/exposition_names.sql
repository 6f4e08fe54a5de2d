-- One row per name of a metric in the chunk.
select distinct name from exposed where kind = 'sample' order by name;
