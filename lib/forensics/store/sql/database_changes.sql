-- One change per dated row of a table that keeps changes; each part is the first of its columns that holds anything. What a row is of may
-- be named in the table $named_in, by the id that stands at $named_by.
insert into changes (path, "table", row, id, time, kind, service, summary, author)
with told as (
    select row, "values" as held,
        list_filter(list_transform($id::text[], lambda one: json_extract_string("values", one)), lambda one: coalesce(one, '') <> '')[1] as id,
        list_filter(list_transform($time::text[], lambda one: written_time(json_extract_string("values", one))), lambda one: one is not null)[1] as happened,
        list_filter(list_transform($service::text[], lambda one: json_extract_string("values", one)), lambda one: coalesce(one, '') <> '')[1] as service,
        list_filter(list_transform($summary::text[], lambda one: json_extract_string("values", one)), lambda one: coalesce(one, '') <> '')[1] as summary,
        list_filter(list_transform($notes::text[], lambda one: json_extract_string("values", one)), lambda one: coalesce(one, '') <> '')[1] as notes,
        list_filter(list_transform($author::text[], lambda one: json_extract_string("values", one)), lambda one: coalesce(one, '') <> '')[1] as author
    from database_rows where path = $path and "table" = $table),
names as (
    select json_extract_string("values", '/id') as named, json_extract_string("values", $name) as name
    from database_rows where path = $path and "table" = $named_in and $named_in <> '')
select $path, $table, row, id, happened, 'deploy', coalesce(service, name),
    concat_ws(': ', concat_ws(' ', name, summary), notes), author
from told left join names on names.named = json_extract_string(held, $named_by)
where happened is not null;
