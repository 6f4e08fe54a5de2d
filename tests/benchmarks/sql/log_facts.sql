-- One row: what a store holds of a log, of events with their text and of quiet ones by their place.
with held as (
    select time, level, last_line, length from log_events
    union all select time, level_words.level, line, length from quiet_events join level_words on code = quiet_events.level)
select count(*) as events, count(time) as dated, count(*) filter (where level = 'ERROR' and time is not null) as errors,
    min(time) as first, max(time) as last, max(last_line) as last_line, sum(length)::bigint as length
from held;
