-- How finely a source writes its times: how many there are, how many stand inside a minute, and how many inside a second.
select count(*), count(*) filter (epoch_us(time) % 60000000 <> 0), count(*) filter (epoch_us(time) % 1000000 <> 0)
from (
    select time from log_lines where path = $path and time is not null
    union all
    select time from events where path = $path and time is not null
);
