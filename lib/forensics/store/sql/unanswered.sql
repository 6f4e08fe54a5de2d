-- One row per file in which a client, an edge or a probe saw requests to which nothing answered, which no server can log: from
-- where it looked, how often it asked in the stretch, how often nothing answered, how often it was refused, the first and the last
-- time, and where the first stands. A probe of which no status is ever told says so only by its own words.
with asked as (
    select path, view as vantage, line, null::bigint as position, time, failed and coalesce(status, 0) = 0 as silent, coalesce(error, '') as words
    from requests join request_views using (path) where view <> 'server' and external
    union all
    select path, 'probe', line, position, time, not ok and coalesce(status, 0) = 0
            and (bool_or(status is not null) over (partition by path)
                or regexp_matches(coalesce(detail, ''), '(?i)refused|time.?d? ?out|no (?:answer|response|route)|unreachable|reset')),
        coalesce(detail, '')
    from probes where ok is not null)
select path, vantage, count(*) as asked, count(*) filter (where silent) as unanswered,
    count(*) filter (where silent and regexp_matches(words, '(?i)refused')) as refused,
    min(time) filter (where silent) as first_time, max(time) filter (where silent) as last_time,
    arg_min(line, time) filter (where silent) as line, arg_min(position, time) filter (where silent) as position
from asked where time between $start and $end
group by path, vantage having count(*) filter (where silent) > 0 order by path, vantage;
