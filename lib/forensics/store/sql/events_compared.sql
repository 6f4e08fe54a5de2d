-- One row per log whose events were compared with those of others: how many were, of $most at the most and of what was heard of large logs.
with held as (
    select path, line from log_events where (time is not null or own_clock is not null) and not repeated and message is not null
    qualify row_number() over (partition by path order by hash(line)) <= $most)
select path, count(*) from (from held union select path, line from heard_events) group by path;
