-- One row per signal that has points: how many, and the highest value.
select id, count(*) as points, max(value) as highest from points group by id order by id;
