-- One row per address that failed to log in: failures, and successes after its first failure.
with failed as (
    select address, count(*) as failed, min(time) as first_failed from logins where not ok group by address)
select f.address, f.failed,
    (select count(*) from logins s where s.ok and s.address = f.address and s.time > f.first_failed) as succeeded_after,
    (select min(s.time) from logins s where s.ok and s.address = f.address and s.time > f.first_failed) as first_success,
    f.first_failed
from failed f order by failed desc, address;
