-- Mark the events of a block that stands twice in one file, its second time: so many events in a row ($least), of so many different
-- sources and messages, as stood further up in the same order with the same stamps. It begins where the stamps fall back, for a log does not
-- go back by itself; a program that says the same every minute says few different things.
update log_events set repeated = true
from (
    with ordered as (
        select path, time, lag(time) over (partition by path order by line) as before
        from log_events where time is not null and message is not null and not repeated),
    falling as (select path from ordered group by path having bool_or(time < before)),
    numbered as (
        select path, line, time, coalesce(source, '') as source, message, row_number() over file as nth, lag(time) over file as before
        from log_events where time is not null and message is not null and not repeated and path in (from falling)
        window file as (partition by path order by line)),
    copies as (
        select path, line, time, before, source, message, nth,
            nth - lag(nth) over (partition by path, time, source, message order by line) as distance
        from numbered),
    blocks as (
        select *, nth - row_number() over (partition by path, distance order by nth) as block from copies where distance is not null),
    twice as (
        select path, distance, block from blocks group by path, distance, block
        having count(*) >= $least and count(distinct (source, message)) >= $least and count(*) <= distance and arg_min(time < before, nth))
    select path, line from blocks join twice using (path, distance, block)
) as again
where log_events.path = again.path and log_events.line = again.line;
