-- One row: how many changes a file tells.
select count(*) from changes where path = $path;
