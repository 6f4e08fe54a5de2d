-- Of the requests of one log whose numbers were read as microseconds: how many there are, how many numbers of 20 lie below the
-- smallest, and how many lines stand out of the order in which requests ended, were the numbers microseconds or milliseconds.
-- A server writes when a request has ended; by the right unit no line ends more than a second, of which a stamp may be any
-- instant, before one above it.
with told as (select line, started, duration_ms from requests where path = $path and started is not null and duration_ms is not null),
ends as (
    select line, duration_ms, started + to_microseconds(cast(1000 * duration_ms as bigint)) as short,
        started + to_microseconds(cast(1000000 * least(duration_ms, 1e9) as bigint)) as long
    from told),
highest as (
    select *, max(short) over before as short_before, max(long) over before as long_before
    from ends window before as (order by line rows between unbounded preceding and 1 preceding))
select count(*), 1000 * quantile_disc(duration_ms, 0.05), count(case when short < short_before - interval 1 second then 1 end),
    count(case when long < long_before - interval 1 second then 1 end)
from highest;
