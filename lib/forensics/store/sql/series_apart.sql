-- One row per pair of series: the highest that the first was, when, and the highest and lowest that the second was within so many
-- seconds around it; only where it was measured on both sides, and of points that have a time of their own.
with pairs as (select unnest($first) as first, unnest($second) as second, unnest($near) as near),
placed as (
    select id, time, value from points
    where (id in (select first from pairs) or id in (select second from pairs))
        and not exists (from loose_points l where l.id = points.id and l.time = points.time)),
ranked as (select id, time, value, row_number() over (partition by id order by value desc, time) as place from placed)
select first, second, any_value(r.value) as highest, any_value(r.time) as at,
    max(p.value) as most, min(p.value) as least, count(*) as points
from pairs join ranked r on r.id = first and r.place = 1
join placed p on p.id = second and abs(epoch(p.time - r.time)) <= near
group by first, second having min(p.time) <= any_value(r.time) and max(p.time) >= any_value(r.time)
order by first, second;
