-- One row per file whose fullest series all hold the same number of samples and reach back differently far: how many they
-- hold, and where the shortest and the longest of them begin.
with fullest as (
    select * from metric_series m where placed >= 100 and placed = (select max(placed) from metric_series o where o.path = m.path))
select path, max(placed) as kept, count(*) as series, arg_min(name, last - first) as shortest, min(last - first) as shortest_s,
    arg_max(name, last - first) as longest, max(last - first) as longest_s, max(first) as latest, bool_or(dated) as dated
from fullest group by path having count(*) >= 2 and max(last - first) >= 1.5 * min(last - first)
order by path;
