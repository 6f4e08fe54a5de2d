-- One row per person that the evidence names, with the role where one is known.
select distinct id, name, role from people order by id, name, role;
