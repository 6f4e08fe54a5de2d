-- One sample per measured cell that was read; a cell without a number is a sample without a value.
insert into single_samples (path, line, position, name, labels, series, time, value, unit, clock_s)
select $path, line, position, name, labels, series, time, value, unit, clock_s from cells_read where name is not null order by line, position;
