-- One row per day on which other sources date something at the hours from $first to $last, which lie on the day 2000-01-01, half an
-- hour more or less: the day by a clock $ahead of UTC, and how much it is; the day with most first. What
-- lists changes or things tells of days long ago: only what $paths hold counts.
with hours as (select cast($first as timestamp) - timestamp '2000-01-01' - interval 30 minute as begin, cast($last as timestamp) - timestamp '2000-01-01' + interval 30 minute as "end"),
told as (
    select time from log_events where path in (from (select unnest($paths))) and time is not null
    union all select time from samples where path in (from (select unnest($paths))) and time is not null
    union all select time from requests where path in (from (select unnest($paths))) and time is not null
    union all select time from events where path in (from (select unnest($paths))) and time is not null),
days as (select cast(time + $ahead as date) as day, time, count(*) as records from told group by all)
select day, sum(records) as records
from days, hours
where time - day between hours.begin and hours."end"
group by day order by records desc, day;
