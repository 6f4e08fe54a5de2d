-- One row per series: the highest that it was, and when it first was so high; null where that only lies between two times.
with placed as (
    select p.id, p.value, case when l.id is null then p.time end as time,
        row_number() over (partition by p.id order by p.value desc, p.time) as place
    from points p left join loose_points l on l.id = p.id and l.time = p.time
    where p.id in (from (select unnest($names_of))))
select id, value as highest, time as at from placed where place = 1 order by id;
