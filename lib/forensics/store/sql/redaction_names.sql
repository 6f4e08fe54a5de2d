-- One row per name that the evidence or people's notes state where a person's name stands, with the role where one is known,
-- and with all names of the same person, where a list of people states several.
-- Rows of a database name people where a mail address stands beside the name; only whole names of them count.
-- A name of one word counts only in a list of people, written large, or in letters that are neither large nor small, as a message's
-- writer, or as a commit's author: stages and jobs act, too. So does an account of two words joined by a dot that writes messages.
with stated as (
    select unnest(string_split(name, ';')) as name, role, name as names from people
    union all select who, null, null from events where who like '% %' or (kind = 'communication' and signs_as_person(who))
    union all select author, null, null from changes where signs_without_case(author)
    union all select author, null, null from changes where author like '% %' or author[1] <> lower(author[1]) or kind = 'commit'
    union all select person, null, null from (
        select coalesce(nullif(values ->> '$.name', ''), values ->> '$.full_name', values ->> '$.customer_name') as person
        from database_rows where values like '%@%' and coalesce(values ->> '$.email', values ->> '$.mail', values ->> '$.email_address') like '%@%'
        order by path, "table", "row" limit 5000)
        where person like '% %'
    union all select created_by, null, null from incident_records where created_by like '% %' and not coalesce(automatic, false)
)
select trim(name) as name, coalesce(max(role), '') as role, coalesce(max(names), '') as names
from stated where length(trim(name)) between 3 and 80 group by trim(name) order by trim(name);
