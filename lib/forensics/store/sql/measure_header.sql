-- One sample per number of a row under a header that $header fits: the header's words name the numbers, the first $keys of
-- them the labels. A row has as many words as its header.
insert into single_samples (path, line, position, name, labels, series, time, value, unit, clock_s)
with joined as (
    select line, stamp, regexp_replace(regexp_replace(trim(text), '^(\d\d:\d\d:\d\d) ([AP]M)\b', '\1\2'), '(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)', '\1T\2') as text,
        regexp_extract(text, '^Linux .*?(\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})', 1) as dated
    from spoken),
split as (
    select *, regexp_split_to_array(text, '\s+') as words, regexp_matches(text, $header) as heads,
        last_value(case when dated <> '' then coalesce(try_cast(dated as date),
            clear_date(left(dated, 2), substr(dated, 4, 2), right(dated, 4))) end ignore nulls) over (order by line) as date
    from joined),
held as (
    select *, last_value(case when heads then words when text = '' then ['']  end ignore nulls) over (order by line) as header
    from split),
rows as (
    select line, stamp, date, words, header,
        case when regexp_full_match(words[1], '\d\d:\d\d:\d\d([AP]M)?') then 1 else 0 end as timed
    from held where not heads and len(words) = len(header) and len(words) > $keys + 1),
cells as (
    select line, words, timed, coalesce(date + hour_read(words[1]), stamp) as time,
        case when date is null and stamp is null then epoch(hour_read(words[1])) end as clock_s,
        any_read(list_filter(words, lambda word: regexp_full_match(word, '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'))[1]) as own,
        list_filter(list_transform(range(1, $keys + 1), lambda place: to_json($labels[place]) || ': ' || to_json(words[place + timed])),
            lambda entry: entry is not null) as entries,
        unnest(range(timed + $keys + 1, len(words) + 1)) as place, header
    from rows)
select $path, line, place, $prefix || trim(header[place], '%'),
    case when $keys > 0 then '{' || array_to_string(list_sort(entries), ', ') || '}' end,
    case when $keys > 0 then '{' || array_to_string(list_sort(entries), ', ') || '}' end,
    coalesce(own, time), coalesce(cell_number(words[place]), cell_number(rtrim(words[place], '%'))),
    case when contains(header[place], '%') or ends_with(words[place], '%') then 'percent' end,
    case when own is null then clock_s end
from cells
where cell_number(rtrim(words[place], '%')) is not null and not regexp_full_match(header[place], '[A-Z]{3,5}');
