-- One row per name of each person that the evidence names, with the role where one is known.
select distinct id, nullif(trim(one), '') as name, role
from (select id, unnest(string_split(coalesce(name, ''), ';')) as one, role from people)
order by id, name, role;
