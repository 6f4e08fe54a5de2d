-- One row: how many series of samples have a number.
select count(*) from sampled_series;
