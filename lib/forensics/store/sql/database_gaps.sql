-- One row per database in which no row was written for long, once: the last row before that and the first after it, and the
-- longest pause of the hour before and of the hour after, in seconds. It is $factor times as long as that pause, with rows in at
-- least $steady minutes on either side, and no other pause comes up to the part $habit of it.
with minutes as (
    select path, date_trunc('minute', time) as minute, min(time) as first, max(time) as last
    from database_rows where time is not null group by path, minute
),
pauses as (
    select *, lag(minute) over w as before, lag(last) over w as last_before,
        date_diff('second', lag(minute) over w, minute) as pause
    from minutes window w as (partition by path order by minute)
),
ranked as (
    select *, row_number() over w as place, coalesce(lead(pause) over w, 0) as second_longest
    from pauses where pause is not null window w as (partition by path order by pause desc, minute)
),
gaps as (select * from ranked where place = 1 and pause >= 60 * $factor and second_longest < $habit * pause),
sides as (
    select g.path, g.last_before, g.first, g.pause,
        count(*) filter (where p.minute <= g.before) as minutes_before, count(*) filter (where p.minute >= g.minute) as minutes_after,
        max(p.pause) filter (where p.minute <> g.minute and p.before > g.before - interval 1 hour) as longest
    from gaps g join pauses p
        on p.path = g.path and p.minute > g.before - interval 1 hour and p.minute < g.minute + interval 1 hour
    group by g.path, g.last_before, g.first, g.pause
)
select path, last_before, first, longest from sides
where least(minutes_before, minutes_after) >= $steady and pause > $factor * longest order by path;
