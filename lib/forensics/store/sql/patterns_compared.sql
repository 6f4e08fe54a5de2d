-- One row per pattern of log messages: how often it was told from $begin until the onset, and from $onset until $end; for how
-- long the logs that tell it were watched on either side; the sum of the squares of its counts in the minutes before; and where
-- it stands first on the later side, or last on the earlier one. Requests are left out, which are counted by themselves, and so
-- are logs that do not reach from one side to the other. An event without a time has the side of both its dated neighbours.
with logs as (
    select coalesce(evidence.log, path) as log, min(time) as first, max(time) as last
    from lines_in_order join evidence using (path)
    where kind = 'log' and time between $begin and $end
    group by all having first < $onset and last > $onset),
asked as (
    from requests select path, line union all from request_starts select path, line),
placed as (
    select path, line, level, times, coalesce(time, "after") as earliest, coalesce(time, "before") as latest
    from log_events anti join asked using (path, line) where not repeated),
told as (
    select path, line, level, template, times, logs.log, earliest, latest,
        case when earliest >= $onset and latest <= $end then 'during' when earliest >= $begin and latest < $onset then 'before' end as side
    from placed join line_patterns using (path, line) join evidence using (path) join logs on logs.log = coalesce(evidence.log, path)
    where kind = 'log' and trim(template) <> ''),
minutes as (
    select template, sum(times) as told, date_diff('minute', latest, $onset) as minute
    from told where side = 'before' group by all),
clusters as (select template, sum(told * told) as squares from minutes group by template),
counted as (
    select template, coalesce(sum(times) filter (where side = 'before'), 0) as before,
        coalesce(sum(times) filter (where side = 'during'), 0) as during,
        min_by(level, (earliest, path, line)) filter (where side = 'during') as level_during,
        max_by(level, (earliest, path, line)) filter (where side = 'before') as level_before,
        min_by({'earliest': earliest, 'latest': latest, 'path': path, 'line': line}, (earliest, path, line)) filter (where side = 'during') as first,
        max_by({'earliest': earliest, 'latest': latest, 'path': path, 'line': line}, (earliest, path, line)) filter (where side = 'before') as last
    from told where side is not null group by template),
watched as (
    select template, epoch($onset - min(logs.first)) as before_s, epoch(max(logs.last) - $onset) as during_s
    from (select distinct template, log from told where side is not null) join logs using (log) group by template)
select template, coalesce(level_during, level_before) as level, cast(before as bigint) as before, cast(during as bigint) as during,
    before_s, during_s, cast(coalesce(squares, 0) as double) as squares,
    first.earliest as first, first.latest as first_latest, last.earliest as last, last.latest as last_latest,
    coalesce(first.path, last.path) as path, coalesce(first.line, last.line) as line
from counted join watched using (template) left join clusters using (template)
order by template;
