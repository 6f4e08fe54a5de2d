-- The rows of a table in which a monitoring wrote down that something went wrong, and that it was right again: each says of what, and into
-- which state it came. A state that tells neither is noted, and is no alarm.
insert into events (path, line, time, kind, what, who, text, weight)
with told as (
    select line, time, nullif(trim(id), '') as id, trim(state) as state, nullif(trim(title), '') as title,
        case when regexp_matches(lower(state), '\b(?:pass(?:ed)?|recover\w*|ok|up|resolved?|succeeded|success|clear(?:ed)?|normal|healthy|online|reachable|exists again|gut|behoben|erreichbar|0)\b') then 'alert resolved'
            when regexp_matches(lower(state), '\b(?:match\w*|fail\w*|crit\w*|warn\w*|down|problem|errors?|exceed\w*|not exist|unreachable|unhealthy|offline|time(?:d )?out|alert\w*|alarm\w*|firing|fehler|störung|kritisch|ausgefallen|nicht erreichbar|[1-3])\b') then 'alert'
            else 'alert state' end as what
    from arrived)
select $path, line, time, 'signal', what, null,
    case what when 'alert' then 'Alert: ' when 'alert resolved' then 'Alert closed: ' else '' end
        || concat_ws(' — ', concat_ws(' ', id, state), title),
    case what when 'alert' then 4 when 'alert resolved' then 3 else 2 end
from told where time is not null;
