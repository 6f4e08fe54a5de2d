-- One row per name that the evidence or people's notes state where a person's name stands, with the role where one is known.
-- A name of one word counts only in a list of people, or written large as a message's writer: stages and jobs act, too.
with stated as (
    select name, role from people
    union all select who, null from events where who like '% %' or (kind = 'communication' and who[1] <> lower(who[1]))
    union all select author, null from changes where author like '% %'
    union all select created_by, null from incident_records where created_by like '% %' and not coalesce(automatic, false)
)
select name, coalesce(max(role), '') from stated where length(name) between 3 and 80 group by name order by name;
