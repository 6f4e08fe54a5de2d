-- One row per log of garbage collections: how many pauses it tells, their sum and the longest in seconds, when that one was told, and the
-- first and the last time of the log. Phases within a pause tell none of their own.
with told as (
    select path, line, time, try_cast(coalesce(
            nullif(regexp_extract(message, '^GC\(\d+\) Pause .* (\d+(?:[.,]\d+)?)ms$', 1), ''),
            nullif(regexp_extract(message, '^(?:#\d+: )?\[(?:Full )?GC\b.*, (\d+(?:[.,]\d+)?) secs\]', 1), '')) as double) as length,
        ends_with(message, 'ms') as thousandths
    from log_events where contains(message, 'GC') and time between $start and $end)
select path, count(*) as pauses, sum(length / case when thousandths then 1000 else 1 end) as seconds,
    max(length / case when thousandths then 1000 else 1 end) as longest, arg_max(time, length) as at, arg_max(line, length) as line,
    min(time) as first, max(time) as last
from told where length is not null group by path order by path;
