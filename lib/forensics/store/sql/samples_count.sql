-- One row: how many samples there are.
select count(*) from samples;
