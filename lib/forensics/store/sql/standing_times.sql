-- One row per edge of a stretch: the first sample of a file from $start on, and the last up to $end.
with own as (
    select path, case when physical > 1 or position is null then line end as line, position, place
    from bounded_samples left join evidence using (path) where path = $path and place between $start and $end and value is not null)
(from own order by place, line, position limit 1)
union
(from own order by place desc, line, position limit 1)
order by place, line, position;
