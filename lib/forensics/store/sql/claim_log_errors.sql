-- One row per log that is no account of people: its events by $until, how many are errors or worse, and the first of those.
select path, count(*) as events, count(*) filter (where level in ('ERROR', 'FATAL')) as errors,
    arg_min(line, line) filter (where level in ('ERROR', 'FATAL')) as line
from lines_in_order join (select path, kind from evidence) using (path)
where kind = 'log' and (time is null or time <= $until) and not list_contains($accounts, path)
group by path order by path;
