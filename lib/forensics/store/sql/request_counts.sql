-- One row: external requests completed in the stretch, how many failed, and their p95 in seconds.
select count(*) as requests, count(*) filter (where failed) as failed,
    quantile_disc(duration_ms, 0.95) / 1000 as p95_s, count(distinct address) as addresses,
    count(distinct address) filter (where failed) as addresses_failed,
    count(distinct account) as accounts, count(distinct account) filter (where failed) as accounts_failed
from seen_requests where external and time >= $start and time <= $end;
