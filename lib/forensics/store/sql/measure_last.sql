-- One row: the time that dates whatever follows.
select arg_max(stamp, line) from spoken;
