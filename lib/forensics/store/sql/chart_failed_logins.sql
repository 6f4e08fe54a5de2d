-- One row per step and address: its failed logins of the $within seconds before, for the $most addresses that failed most.
with failures as (
    select address, time from logins
    where not ok and time is not null and time > cast($start as timestamp) - to_seconds($within) and time <= $end),
worst as (
    select address, count(*) as failed from failures where time >= $start group by address
    order by failed desc, address limit $most),
steps as (
    select unnest(generate_series(cast($start as timestamp), cast($end as timestamp), to_seconds($step))) as time)
select w.address, s.time, count(f.time) as failed
from worst w cross join steps s
left join failures f on f.address = w.address and f.time > s.time - to_seconds($within) and f.time <= s.time
group by w.address, w.failed, s.time order by w.failed desc, w.address, s.time;
