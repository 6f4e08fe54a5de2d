-- One row per name of one word that people's notes say is a person's, with that person's role.
select distinct name, role from people where path = '' and name not like '% %' order by length(name) desc, name, role;
