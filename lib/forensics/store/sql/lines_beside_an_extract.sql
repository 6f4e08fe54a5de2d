-- One row per fuller log of an extract: how many events with all of the extract's common words it holds before the first and
-- after the last of those that both hold.
with own as (
    select min(time) as first, max(time) as last from log_events where path = $path and time is not null),
others as (
    select path, time, concat_ws(' ', level, source, message) as text from log_events
    where path in (from (select unnest($logs))) and not repeated and time is not null)
select path, count(*) filter (where time < first) as before, count(*) filter (where time > last) as after
from others, own where list_bool_and([contains(text, one) for one in cast($words as varchar[])]) is not false
group by path order by before desc, path;
