-- One row per source whose times fall back from one line to the next: how often, where first, the deepest fall in seconds
-- and its line, and what is written there. Records of a document have no offset, and no order that means anything: some
-- exports put the newest first.
with own as (
    select path, line, coalesce(own_clock, time) as written from log_events
    where coalesce(own_clock, time) is not null and "offset" is not null),
falls as (
    select path, line, written, lag(written) over (partition by path order by line) as before from own)
select path, count(*) as falls, min(line) as first_line, max(epoch(before - written)) as deepest,
    arg_max(line, before - written) as line, arg_max(before, before - written) as before,
    arg_max(written, before - written) as written
from falls where written < before group by path order by path;
