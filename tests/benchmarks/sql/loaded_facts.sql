-- One row: how many lines were loaded, and their bytes without line ends.
select count(*) as last_line, sum(strlen(line))::bigint as text from lines;
