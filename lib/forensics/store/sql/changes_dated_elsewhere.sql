-- One row per file of changes without times, each of whose changes another file dates: both paths, and how many.
with undated as (
    select path, count(*) as held from changes where id is not null and id <> ''
    group by path having count(time) = 0),
found as (
    select u.path, d.path as other, count(distinct (c.line, c.position, c.id)) as dated
    from undated u join changes c using (path)
    join changes d on d.path <> c.path and d.time is not null and starts_with(d.id, c.id)
    group by all)
select path, arg_min(other, other) as other, held from found join undated using (path)
where dated = held group by path, held order by path;
