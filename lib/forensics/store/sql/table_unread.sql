-- One row per text that stands where a number should, and how often.
select left(text, 40) as text, count(*) as cells from cells_read where value is null group by 1 order by cells desc, text;
