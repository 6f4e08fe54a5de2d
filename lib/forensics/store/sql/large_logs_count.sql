-- One row: how many logs were too large to copy.
select count(*) from large_logs;
