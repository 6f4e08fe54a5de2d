-- One row per event of one text whose lines below the first $pattern fits: what they tell, and the time that they state.
with matched as (
    select line, regexp_extract(body, $pattern, $groups) as parts
    from log_events where path = $path and regexp_matches(body, $pattern))
select line, trim(parts.level) as level, trim(parts.source) as source, parts.message as message, parts.rest as rest, parts.time as stamp,
    any_read(nullif(parts.time, '')) as time
from matched
