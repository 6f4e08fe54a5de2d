-- Of the requests of one log whose numbers were read as microseconds: how many there are; the number that one in twenty lies below,
-- the middle one and the greatest; and how many lines stand out of the order in which requests ended, were the stamps their starts and the
-- numbers microseconds or milliseconds, or were the stamps their ends, or were the numbers whole seconds behind starts. A server writes when a request has ended; by the right reading
-- no line ends more than a second, of which a stamp of a start may be any instant, before one above it, and no stamp of an end falls back.
with told as (select line, started, duration_ms from requests where path = $path and started is not null and duration_ms is not null),
ends as (
    select line, duration_ms, started, started + to_microseconds(cast(1000 * duration_ms as bigint)) as short,
        started + to_microseconds(cast(1000000 * least(duration_ms, 1e9) as bigint)) as long,
        started + to_microseconds(cast(1000000000 * least(duration_ms, 1e4) as bigint)) as whole
    from told),
highest as (
    select *, max(short) over before as short_before, max(long) over before as long_before, max(started) over before as ended_before,
        max(whole) over before as whole_before
    from ends window before as (order by line rows between unbounded preceding and 1 preceding))
select count(*), 1000 * quantile_disc(duration_ms, 0.05), 1000 * quantile_disc(duration_ms, 0.5), 1000 * max(duration_ms),
    count(case when short < short_before - interval 1 second then 1 end),
    count(case when long < long_before - interval 1 second then 1 end), count(case when started < ended_before then 1 end),
    count(case when whole < whole_before - interval 2 second then 1 end)
from highest;
