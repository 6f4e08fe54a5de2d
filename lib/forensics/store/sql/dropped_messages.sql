-- One row per log that says that it dropped messages: how often, how many in all where it counts them, when, and where first.
-- `$patterns` are tried one by one on the few lines that `$any` of them fits; their first group is how many were lost, and the
-- greatest of them is taken.
with noticed as (
    select path, line, time, message from log_events
    where message is not null and not repeated and regexp_matches(message, $any)
    union all
    select path, n.line, q.time, message
    from dropped_notices n join large_logs using (path) join quiet_events q on q.file = large_logs.file and q.line = n.line),
counted as (
    select path, line, any_value(time) as time, any_value(message) as message,
        max(try_cast(replace(replace(regexp_extract(message, pattern, 1), ',', ''), '_', '') as bigint)) as lost
    from noticed cross join (select unnest($patterns) as pattern)
    where regexp_matches(message, pattern) group by path, line)
select path, count(*) as notices, sum(lost)::bigint as lost, min(time) as first_time, max(time) as last_time, min(line) as line,
    arg_min(message, line) as said
from counted group by path order by path;
