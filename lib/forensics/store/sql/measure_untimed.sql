-- One row per capture none of whose numbers has a time or a clock of its own: how many they are, how often the series that stands most
-- often does, that series, and whether its numbers differ.
with series as (
    select path, name, series, count(*) as times, count(distinct value) as found, count(time) + count(clock_s) as placed
    from samples where path in (from (select unnest($captures))) group by path, name, series)
select path, sum(times)::bigint as samples, max(times) as times, arg_max(name, (times, found, name)) as name,
    arg_max(found, (times, found, name)) > 1 as differ
from series group by path having sum(placed) = 0 order by path;
