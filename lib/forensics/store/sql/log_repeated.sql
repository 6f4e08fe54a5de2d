-- Mark the events that a fuller file of the same evidence holds too, and those that an extract prints twice. Two servers that do the
-- same work write the same line in the same instant now and then: where less than half of what a file tells of the time that the fuller
-- ones cover are copies, none is.
update log_events set repeated = true
from (
    with files as (
        select path, count(*) + coalesce(any_value(quiet), 0) as events, path in (from (select unnest($extracts))) as extract
        from log_events left join (
            select path, count(*) as quiet from quiet_events join large_logs using (file) group by path) using (path)
        group by path),
    dated as (
        select e.path, e.line, e.time, e.source, e.message, f.events, f.extract,
            case when f.extract then 1 else row_number() over same end as nth, row_number() over same as copy
        from log_events e join files f using (path)
        where e.time is not null
        window same as (partition by e.path, e.time, e.source, e.message order by e.line)),
    ranked as (
        select path, line, time, extract and copy > 1 as twice,
            row_number() over same > 1 as again, first_value(path) over same as fuller
        from dated
        window same as (partition by time, source, message, nth order by extract, events desc, path, line)),
    spans as (select path as fuller, min(time) as first, max(time) as last from dated group by path),
    shared as (
        select path, min(first) as first, max(last) as last, sum(copies) as copies
        from (select path, fuller, count(*) as copies from ranked where again and not twice group by path, fuller) join spans using (fuller)
        group by path),
    mostly as (
        select path from ranked join shared using (path) where time between first and last
        group by path having any_value(copies) >= 0.5 * count(*))
    select path, line from ranked where twice or (again and path in (from mostly))
) as copies
where log_events.path = copies.path and log_events.line = copies.line;

-- Of the quiet events of a large log the text is not here, but its length is. One that agrees in time, source and length is no
-- proof; where nearly all dated events of a file do, or are copies already, the file is an extract.
update log_events set repeated = true
from (
    with events as (
        select path, line, time, coalesce(source, '') as source, strlen(message) as size, body is null as alone, repeated
        from log_events
        where time is not null and exists (from large_logs) and path not in (select path from large_logs)),
    numbered as (
        select path, line, time, source, size, row_number() over (partition by path, time, source, size order by line) as nth
        from events where alone and not repeated),
    quiet as (
        select time, coalesce(source, '') as source, length - head as size, count(*) as held
        from quiet_events where time in (select time from events) group by all),
    found as (select path, line from numbered join quiet using (time, source, size) where nth <= held),
    extracts as (
        select path from events left join found using (path, line)
        group by path having count(*) filter (where repeated or found.line is not null) >= 0.95 * count(*))
    select path, line from found where path in (select path from extracts)
) as copies
where log_events.path = copies.path and log_events.line = copies.line;
