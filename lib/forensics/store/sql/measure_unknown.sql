-- One row: how many samples of a text have no value because -1 stands there.
select count(*) from samples where path = $path and value is null;
