-- One row per file that says, in the words of $pattern, that somebody was shut out: how often, from when to when, the first line, and
-- of which accounts and addresses, where $account and $address find them (as they stand in the groups of that name).
with told as (
    select path, line, time, nullif(trim(regexp_extract(message, $pattern, $account)), '') as account,
        nullif(regexp_extract(message, $pattern, $address), '') as address
    from log_events
    where message is not null and time between $start and $end and regexp_matches(message, $pattern))
select path, count(*) as times, min(time) as first, max(time) as last, min_by(line, time) as line,
    list_sort(list_distinct(list(account))) as accounts, list_sort(list_distinct(list(address))) as addresses
from told group by path order by path;
