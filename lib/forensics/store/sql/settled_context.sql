-- One row per text of the JSON in messages of $template, from $begin to $end, that is the same in all of them and in fewer than half of the
-- other messages of these files that hold JSON: by its key.
with held as (
    select path, line, coalesce(template = $template, false) as ours, regexp_extract(message, '\{.*\}') as context
    from log_events left join line_patterns using (path, line)
    where not repeated and time between $begin and $end and path in (
        select path from log_events join line_patterns using (path, line) where template = $template)),
parsed as (select path, line, ours, context from held where json_valid(context)),
total as (select count(*) filter (where ours) as ours, count(*) filter (where not ours) as others from parsed),
texts as (
    select ours, key, value ->> '$' as said
    from parsed, json_each(parsed.context) where type = 'VARCHAR'),
counted as (
    select key, said, count(*) filter (where ours) as ours, count(*) filter (where not ours) as others from texts group by all)
select key, said from counted, total
where counted.ours = total.ours and total.ours > 1 and 2 * counted.others <= total.others
    and length(said) between 1 and 60 and regexp_matches(said, '\pL')
order by key;
