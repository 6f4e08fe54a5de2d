-- One row per file, answer and kind of it, of checks and watched commands that gave one and the same answer every time: which
-- they are, how often they were asked, from when to when. `good` is null where the answer does not say whether it is one.
with watched as (
    select path, message as what, time, trim(body, E' \r\n"') as answer, null::boolean as good
    from log_events where path in (from (select unnest($watched))) and body is not null),
probed as (
    select path, target as what, time, coalesce(status::text, case when ok then 'ok' else 'no answer' end) as answer, ok as good
    from probes where time is not null and path not in (from (select unnest($watched)))),
asked as (
    select null as path, what, time, lower(regexp_extract(text, 'answered: ([\w-]+)', 1)) as answer, null::boolean as good
    from events where starts_with(what, 'health') and what <> 'health check' and contains(text, 'answered: ') and time is not null),
told as (from watched union all from probed union all from asked),
constant as (
    select path, what, count(*) as times, min(time) as first_time, max(time) as last_time, any_value(answer) as answer,
        coalesce(bool_and(good),
            bool_and(regexp_full_match(lower(answer), 'healthy|ok|up|pass|passed|alive|ready|true|200|running|online'))) as good
    from told group by path, what having count(*) >= $times and count(distinct answer) = 1 and count(distinct good) <= 1)
select path, answer, good, list(what order by what) as checks, sum(times)::bigint as times, min(first_time) as first_time,
    max(last_time) as last_time
from constant group by path, answer, good order by path, answer, good;
