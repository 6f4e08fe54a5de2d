-- One row per series that begins well after its file does, or ends well before: by more than three steps and a twentieth of all.
with whole as (
    select path, min(first) as first, max(last) as last, count(*) as series from metric_series where placed >= 2
    group by path having count(*) >= 2),
judged as (
    select m.path, m.name, m.series as labels, m.first, m.last, m.dated, m.placed, w.series,
        m.first > w.first + greatest(3 * m.usual, (w.last - w.first) / 20) as late,
        m.last < w.last - greatest(3 * m.usual, (w.last - w.first) / 20) as early
    from metric_series m join whole w using (path) where m.placed >= 2)
select path, name, labels, first, last, dated, late, early, placed, series from judged where late or early
order by path, early desc, last, name, labels;
