-- One row per log in which NUL bytes stand, but for its very first line: the first such place, how many lines and how many
-- bytes that first one has, the times before and after it, and whether these are placed.
with held as (
    select path, min(line) as line, count(*) as lines, arg_min(length, line) as size from quarantine
    where line > 1 and contains(reason, 'NUL') and path in (from (select path from log_events)) group by path
)
select held.path, held.line, held.lines, held.size,
    max_by(coalesce(e.time, e.own_clock), e.line) filter (where e.line < held.line and coalesce(e.time, e.own_clock) is not null) as before,
    min_by(coalesce(e.time, e.own_clock), e.line) filter (where e.line > held.line and coalesce(e.time, e.own_clock) is not null) as after,
    coalesce(bool_or(e.time is not null), false) as placeable
from held join log_events e on e.path = held.path group by all order by held.path;
