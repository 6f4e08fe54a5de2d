-- The six longest queues: one row per head of a queue of statements that wait for a lock, and the processes that held it: when the head began to wait, what it
-- waited for and with which statement, how many waits behind it were logged, how many processes waited at once at the most, and where
-- the first of its lines stands. PostgreSQL writes DETAIL and STATEMENT on the lines below.
with lines as (
    select path, line, time, message, lead(message) over below as detail, lead(message, 2) over below as statement,
        lead(line, 2) over below - line as further
    from log_events where path in (select distinct path from log_events where time is not null and regexp_matches(message, $waits))
        and not repeated
    window below as (partition by path order by line)),
told as (
    select path, line, time, statement, further, regexp_extract(message, $waits, ['pid', 'mode', 'what', 'ms']) as wait,
        regexp_extract(detail, $held, ['holders', 'queue']) as held
    from lines where time is not null and regexp_matches(message, $waits) and regexp_matches(coalesce(detail, ''), $held)),
queues as (
    select *, string_split(held.queue, ', ')[1] as head, len(string_split(held.queue, ', ')) as waiting,
        time - to_microseconds(cast(1000 * try_cast(wait.ms as double) as bigint)) as began
    from told)
select path, min_by(line, (wait.pid <> head, time, line)) as line, min_by(began, (wait.pid <> head, time, line)) as began, head, held.holders as holders,
    min_by(wait.mode, (wait.pid <> head, time, line)) as mode,
    min_by(case when wait.pid = head and further <= 3 then statement end, (wait.pid <> head, time, line)) as statement,
    count(*) filter (where wait.pid <> head) as behind, max(waiting) as most, max(time) as last_time
from queues group by path, head, held.holders
order by most desc, behind desc, began, path, head, holders limit 6;
