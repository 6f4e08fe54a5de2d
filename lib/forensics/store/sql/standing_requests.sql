-- One row per file and request of the stretch that stands for all of it: the first and the last that failed or, with $slow, took
-- longer than so many seconds; where none did, the first and the last. Those from outside come before the others.
with judged as (
    select path, line, time, external, case when $slow is null then failed else coalesce(duration_ms > $slow * 1000, false) end as bad
    from seen_requests where time >= $start and time <= $end),
ranked as (
    select *, row_number() over (partition by path order by bad and external desc, external desc, time, line) as from_start,
        row_number() over (partition by path order by bad and external desc, external desc, time desc, line desc) as from_end
    from judged)
select path, line, null as position from ranked where from_start = 1 or from_end = 1 order by path, time, line;
