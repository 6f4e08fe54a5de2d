-- One row per hole: a pause longer than $least seconds and than $factor times what 95 of 100 pauses of its source do not exceed,
-- in sources that tell of at least $seconds seconds.
with limits as (
    select path, greatest($least, $factor * quantile_disc(pause, 0.95)) as longest
    from source_times group by path having count(*) >= $seconds)
select t.path, t.second - to_seconds(t.pause) as "start", t.second as "end"
from source_times t join limits l using (path) where t.pause > l.longest order by t.path, "start";
