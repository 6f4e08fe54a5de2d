-- One row per pending line that $pattern fits, with the parts it captures; a time that does not fit $stamp leaves the
-- line unread.
insert into reading
with matched as (
    select line, "offset", length, text, regexp_extract(text, $pattern, $groups) as parts from pending
    where regexp_matches(text, $pattern)),
timed as (
    select *, case $stamp
        when 'iso-zoned' then cast(try_cast(replace(parts.time, ',', '.') as timestamptz) as timestamp)
        when 'iso-local' then try_cast(replace(parts.time, ',', '.') as timestamp)
        else try_strptime(parts.time, $stamp) end as instant
    from matched)
select line, "offset", length,
    case when $begins = 'event' and instant is null then 'unread' else $begins end,
    case when $begins = 'event' then instant end,
    coalesce(nullif(parts.level, ''), nullif($level, '')), coalesce(nullif(parts.source, ''), nullif($source, '')),
    case when parts.message = '' then text else parts.message end
from timed;
