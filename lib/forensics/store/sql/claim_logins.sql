-- One row per address and outcome of attempts to log in by $until: how many attempts, by how many lines, and the first of them.
select address, ok, count(*) as attempts, count(distinct (path, line)) as lines, arg_min(path, time) as path,
    arg_min(line, time) as line, min(time) as first_time, max(time) as last_time
from logins where time <= $until and ($address = '' or address = $address)
group by address, ok order by attempts desc, address, ok;
