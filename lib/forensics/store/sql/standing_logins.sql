-- One row per file and attempt to log in that stands for all of the stretch: the first and the last that failed; where none did, the
-- first and the last.
with ranked as (
    select *, row_number() over (partition by path order by ok, time, line) as from_start,
        row_number() over (partition by path order by ok, time desc, line desc) as from_end
    from logins where time between $start and $end)
select path, line, null as position from ranked where from_start = 1 or from_end = 1 order by path, time, line;
