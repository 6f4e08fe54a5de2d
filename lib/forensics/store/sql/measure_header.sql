-- One sample per number of a row under a header that $header fits: the header's words name the numbers and the labels ($labelled
-- are those of $labels); those in $skipped name neither. A label in the last column takes the rest of the row. Times begin a row;
-- their day is above it, and the next one begins where they fall under one header, or a row's own stamp says it.
insert into single_samples (path, line, position, name, labels, series, time, value, unit, clock_s)
with joined as (
    select line, stamp, regexp_replace(regexp_replace(regexp_replace(trim(text), '^#\s+', ''), '^(\d\d:\d\d:\d\d) ([AP]M)\b', '\1\2'),
            '(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)', '\1T\2') as text,
        regexp_extract(text, '^Linux .*?\s(\d{4}-\d\d-\d\d|\d\d[/.]\d\d[/.](?:\d{4}|\d\d))\s', 1) as dated,
        bool_or(regexp_matches(text, '^\s*\d\d:\d\d:\d\d [AP]M\b')) over () as twelve
    from spoken),
split as (
    select *, regexp_split_to_array(text, '\s+') as words, regexp_matches(text, $header) as heads,
        sum(cast(dated <> '' as integer)) over (order by line) as machine,
        last_value(case when dated <> '' then machine_date(dated, twelve) end ignore nulls) over (order by line) as date
    from joined),
held as (
    select *, last_value(case when heads then list_transform(words, lambda word: rtrim(word, ':')) when text = '' then [''] end ignore nulls)
        over (order by line) as header
    from split),
timed as (
    select *, cast(regexp_full_match(header[1], 'Time|\d\d:\d\d:\d\d([AP]M)?') as integer) as ahead,
        case when regexp_matches(words[1], '^\d\d:\d\d:\d\d') then hour_read(words[1]) end as hour
    from held),
stepped as (
    select *, epoch(hour) < lag(epoch(hour)) over under - 43200 as fell
    from timed window under as (partition by machine, list_slice(header, 2, len(header)) order by line)),
placed as (
    select line, words, header, ahead, heads, stamp, hour,
        date + cast(coalesce(sum(cast(fell as integer)) over (partition by machine, list_slice(header, 2, len(header)) order by line), 0) as integer) as day,
        list_filter(words, lambda word: regexp_full_match(word, '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'))[1] as own
    from stepped),
rows as (
    select line, header, ahead, stamp, day + hour as dated, case when day is null and stamp is null then epoch(hour) end as clock_s,
        coalesce(any_read(own) - coalesce(zone_ahead(header[-1]), interval 0 hours), case when ahead = 1 and hour is null then epoch_read(words[1]) end) as own,
        case when list_contains($labelled, header[-1]) then list_append(list_slice(words, 1, len(header) - 1), array_to_string(list_slice(words, len(header), len(words)), ' '))
            else words end as words
    from placed
    where not heads and len(header) > 1 and (ahead = 0 or hour is not null or epoch_read(words[1]) is not null)
        and (len(words) = len(header) or (len(words) > len(header) and list_contains($labelled, header[-1])))),
cells as (
    select line, words, header, coalesce(own, dated, stamp) as time, case when own is null then clock_s end as clock_s,
        '{' || array_to_string(list_sort(list_filter(list_transform(list_zip($labels, $labelled), lambda label: case
            when list_contains(header, label[2]) then to_json(label[1]) || ': ' || to_json(words[list_position(header, label[2])]) end),
            lambda entry: entry is not null)), ', ') || '}' as labels,
        unnest(range(ahead + 1, len(words) + 1)) as place
    from rows)
select $path, line, place, $prefix || trim(header[place], '%'), nullif(labels, '{}'), nullif(labels, '{}'), time,
    cell_number(rtrim(words[place], '%')),
    case when contains(header[place], '%') or ends_with(words[place], '%') then 'percent' end, clock_s
from cells
where cell_number(rtrim(words[place], '%')) is not null and not list_contains(list_concat($labelled, $skipped), header[place]);
