-- One row per table with rows that a later state of a database has not any more: the rows, both states, when each was taken, and
-- whether a statement that drops or truncates it says that it went. Without one, a dump may have left it out, or the later state
-- may be of another database that has some tables of the same names.
select d."table", d.earlier_rows, d.earlier, d.later, e.taken, l.taken,
    exists (from events where kind = 'change' and regexp_matches(text, '(?i)\b(drop|truncate)\s+table\b')
            and list_contains(string_split_regex(lower(text), '[^a-z0-9_$]+'), lower(d."table"))) as sure
from database_differences d
left join database_states e on e.path = d.earlier left join database_states l on l.path = d.later
where d.in_order and d.later_rows is null and d.earlier_rows > 0 and d.removed = d.earlier_rows
order by d.earlier_rows desc, d.earlier, d."table";
