-- One row per value that is no number, and how often it stands there.
select value as text, count(*) as cells from exposed where kind = 'sample' and cell_number(value) is null group by 1 order by 2 desc, 1;
