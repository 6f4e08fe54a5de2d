-- One row per file of spans and trace of which several spans have no parent in it and begin apart: how many spans, in how many
-- pieces, over how many seconds, and how many spans the file holds.
with own as (select *, count(*) over (partition by path) as every from spans where trace is not null),
pieces as (
    select s.path, s.trace, any_value(every) as every, count(*) as spans,
        count(*) filter (where s.parent is null or not exists (
            select 1 from own p where p.path = s.path and p.trace = s.trace and p.span = s.parent)) as roots,
        count(distinct s.time) filter (where s.parent is null) as begun,
        date_diff('second', min(s.time), max(s.time)) as lasts, max(duration_ms) as longest_ms
    from own s group by s.path, s.trace)
select path, trace, spans, roots, lasts, every from pieces
where roots >= 2 and begun >= 2 and lasts > 60 and lasts * 1000 > 2 * coalesce(longest_ms, 0) order by path, spans desc, trace;
