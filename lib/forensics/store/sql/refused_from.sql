-- One row: of the external requests of a stretch that got $status, how many there were, from how many addresses, which part of them came
-- from the one with most of these, and which part of all requests before $start did; null where no address is told.
with seen as (
    select status, nullif(address, '') as address, time >= $start as within from seen_requests
    where external and time between $first and $end),
refused as (select address, count(*) as refused from seen where within and status = $status group by address),
most as (select address from refused where address is not null order by refused desc, address limit 1)
select (select sum(refused) from refused) as refused, (select count(address) from refused) as addresses,
    (select max(refused) filter (where address is not null) from refused) / (select sum(refused) filter (where address is not null) from refused) as share,
    (select count(*) filter (where address in (from most)) / nullif(count(address), 0) from seen where not within) as usual
from (select 1);
