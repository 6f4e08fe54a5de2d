-- One row per log that is no extract of another, the fullest first: its dated lines, and where the first kept one stands.
with kept as (
    select path, count(*) as dated, count(*) filter (where not repeated) as own, arg_min("offset", line) as "offset",
        arg_min(time, line) as time
    from log_events where time is not null
    group by path having count(*) filter (where repeated) < 0.5 * count(*)),
quiet as (select path, count(*) as dated from quiet_events join large_logs using (file) where time is not null group by path)
select path, kept.dated + coalesce(quiet.dated, 0) as dated, "offset", time
from kept left join quiet using (path) order by own + coalesce(quiet.dated, 0) desc, path;
