-- One row per log that is no extract of another, the fullest first: its dated lines, the place of the first, and its span.
select path, count(*) as dated, arg_min("offset", line) as "offset", min(time) as first_time, max(time) as last_time
from log_events where time is not null
group by path having count(*) filter (where repeated) < 0.5 * count(*)
order by count(*) filter (where not repeated) desc, path;
