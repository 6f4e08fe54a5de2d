-- One row: how many files the evidence has, how many of them are not whole, and the times that they cover.
select count(*) as files, count(*) filter (where status not in ('ok', 'duplicate')) as not_whole,
    min(first_time) as first_time, max(last_time) as last_time
from evidence;
