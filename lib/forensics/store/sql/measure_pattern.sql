-- One sample per number that $pattern finds in a line; its part `tags` holds labels. Parts that $context found further up are parts of the line as well;
-- the part $when must be there, and the part $unless must not. A line that $wraps fits goes on in the next one.
insert into single_samples (path, line, position, name, labels, series, time, value, unit, clock_s)
with joined as (
    select line, stamp, case when regexp_matches(lag(text) over (order by line), $wraps) and regexp_matches(text, '^\s+\S')
        then lag(text) over (order by line) || text else text end as text
    from spoken),
held as (
    select *, last_value(case when regexp_matches(text, $context) then to_json(regexp_extract(text, $context, $context_groups)) end
        ignore nulls) over (order by line) as above
    from joined),
matched as (
    select line, stamp, json_merge_patch(coalesce(above, '{}'), to_json(regexp_extract(text, $pattern, $groups))) as parts
    from held where regexp_matches(text, $pattern) and not regexp_matches(text, $leave)),
numbered as (
    select line, parts, coalesce(any_read(nullif(parts->>'stamp', '')), stamp,
            try_cast(parts->>'date' as date) + hour_read(parts->>'hour')) as time,
        coalesce(lasted(nullif(parts->>'elapsed', '')) / 1000, epoch(hour_read(nullif(parts->>'hour', '')))) as clock_s,
        unnest(list_zip($names, $values, $wholes, $units, $reads, range(1, len($names) + 1))) as what
    from matched where ($when = '' or coalesce(parts->>$when, '') <> '') and ($unless = '' or coalesce(parts->>$unless, '') = '')),
paired as (
    select *, unnest(case when what[5] = 'pairs' then list_zip(
            regexp_extract_all(parts->>what[2], '([\w()%.]+)=(\S+)', 1), regexp_extract_all(parts->>what[2], '([\w()%.]+)=(\S+)', 2))
        when what[5] = 'fields' then list_zip(
            regexp_extract_all(parts->>what[2], '([^,=]+)=("(?:[^"\\]|\\.)*"|[^,]*)', 1),
            regexp_extract_all(parts->>what[2], '([^,=]+)=("(?:[^"\\]|\\.)*"|[^,]*)', 2))
        else list_zip([''], [parts->>what[2]]) end) as pair
    from numbered),
told as (
    select line, what[6] as position, time, case when time is null then clock_s end as clock_s,
        case when contains(what[1], '{') then split_part(what[1], '{', 1) || (parts->>regexp_extract(what[1], '\{(\w+)\}', 1)) else what[1] end
            || case when what[5] = 'fields' then '.' || pair[1] else '' end as name,
        list_sort(list_filter(list_concat(
            list_transform(list_zip($label_names, $label_groups), lambda label: case
                when starts_with(label[2], '=') then to_json(label[1]) || ': ' || to_json(substr(label[2], 2))
                when (parts->>label[2]) <> '' then to_json(label[1]) || ': ' || to_json(parts->>label[2]) end),
            list_transform(list_zip(regexp_extract_all(parts->>'tags', '([^,=:\s]+)[=:]((?:[^,\\]|\\.)*)', 1),
                    regexp_extract_all(parts->>'tags', '([^,=:\s]+)[=:]((?:[^,\\]|\\.)*)', 2)),
                lambda tag: to_json(tag[1]) || ': ' || to_json(regexp_replace(tag[2], '\\(.)', '\1', 'g'))),
            [case when what[5] = 'pairs' and pair[1] <> '' then '"statistic": ' || to_json(pair[1]) end]), lambda entry: entry is not null)) as entries,
        case what[5]
            when 'share' then 100 * sized(pair[2]) / nullif(sized(parts->>what[3]), 0)
            when 'rest' then 100 * (sized(parts->>what[3]) - sized(pair[2])) / nullif(sized(parts->>what[3]), 0)
            when 'lasted' then lasted(pair[2])
            when 'fields' then cell_number(rtrim(pair[2], 'iu'))
            when 'pairs' then coalesce(cell_number(pair[2]), lasted(pair[2]), cell_number(rtrim(pair[2], '%')))
            else sized(pair[2]) end as value,
        case when what[5] = 'pairs' then case when ends_with(pair[2], '%') then 'percent' when lasted(pair[2]) is not null then 'ms' end
            else nullif(what[4], '') end as unit
    from paired)
select $path, line, position, name, case when len(entries) > 0 then '{' || array_to_string(entries, ', ') || '}' end,
    case when len(entries) > 0 then '{' || array_to_string(entries, ', ') || '}' end, time, value, unit, clock_s
from told where name <> '' and value is not null;
