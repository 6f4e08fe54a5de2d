-- One row per change, dated ones first, newest first; a commit that two files tell is one change, with the shorter
-- of its summaries: a list that prints authors puts them before the subject.
with told as (
    select *, row_number() over (partition by left(id, 7) order by time nulls last, path, line) as nth,
        first_value(summary) over (partition by left(id, 7) order by length(summary), summary) as subject
    from changes)
select id, time, kind, service, subject as summary, path, line from told where nth = 1
order by time desc nulls last, path, line;
