-- One row: what a store holds of a log.
select count(*) as events, count(time) as dated, count(*) filter (where level = 'ERROR' and time is not null) as errors,
    min(time) as first, max(time) as last, max(last_line) as last_line, sum(length)::bigint as length
from log_events;
