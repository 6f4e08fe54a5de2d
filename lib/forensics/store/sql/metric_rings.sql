-- One row per file whose fullest series tell of a buffer that keeps only the newest samples: how many it keeps, and where the
-- shortest and the longest of them begin. Either they all hold as many and reach back differently far, or they hold a number
-- that people set as a limit (two series a hundred or 2^n, a single one five hundred or 2^n) and begin after their file does.
with whole as (
    select path, min(first) as first, max(placed) as fullest, count(*) as every from metric_series where placed >= 2 group by path),
rings as (
    select m.path, max(m.placed) as kept, count(*) as series, any_value(w.every) as every,
        arg_min([m.name, m.series], last - m.first) as shortest, min(last - m.first) as shortest_s,
        arg_max([m.name, m.series], last - m.first) as longest, max(last - m.first) as longest_s, max(m.first) as latest,
        bool_or(dated) as dated, bool_and(m.first > w.first + 3 * m.usual) as late
    from metric_series m join whole w using (path) where placed >= 100 and placed = w.fullest group by m.path),
round as (
    select *, (kept & (kept - 1)) = 0 as doubled from rings)
select path, kept, series, shortest, shortest_s, longest, longest_s, latest, dated from round
where (series >= 2 and longest_s >= 1.5 * shortest_s)
    or (every >= 2 and late and (doubled or kept % (case when series >= 2 then 100 else 500 end) = 0))
order by path;
