-- One row per change, dated ones first, newest first; a commit that two files tell is one change, with the shorter
-- of its summaries: a list that prints authors puts them before the subject. A deploy of that commit is another change.
with named as (
    select *, case when kind = 'commit' then left(id, 7) else concat_ws(' ', kind, id, service, cast(time as text)) end as whose
    from changes),
told as (
    select *, row_number() over (partition by whose order by time nulls last, path, line, position, row) as nth,
        first_value(summary) over (partition by whose order by length(summary), summary) as subject,
        max(reverts) over (partition by whose) as undoes
    from named)
select id, time, kind, service, subject as summary, path, line, position, undoes, "table", row from told where nth = 1
order by time desc nulls last, path, line, position, row;
