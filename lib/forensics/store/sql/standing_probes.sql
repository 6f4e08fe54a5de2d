-- One row per file and probe of the stretch that stands for all of it: the first and the last that failed; where none did, the first
-- and the last.
with ranked as (
    select *, row_number() over (partition by path order by ok, time, line, position) as from_start,
        row_number() over (partition by path order by ok, time desc, line desc, position desc) as from_end
    from probes where ok is not null and time between $start and $end)
select path, case when physical > 1 or position is null then line end as line, position
from ranked left join evidence using (path) where from_start = 1 or from_end = 1 order by path, time, ranked.line, position;
