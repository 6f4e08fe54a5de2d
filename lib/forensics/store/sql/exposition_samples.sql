-- One sample per line of exposition text that holds one. Escapes in labels are undone; NaN and infinity are missing.
insert into single_samples (path, line, name, labels, series, time, value, unit)
with undone as (
    select *, list_transform(list_zip(keys, list_transform(cells, lambda cell: replace(replace(replace(replace(
        cell, '\\', chr(1)), '\n', chr(10)), '\"', '"'), chr(1), '\'))),
        lambda label: {'key': label[1], 'told': to_json(label[1]) || ': ' || to_json(label[2])}) as labels
    from exposed where kind = 'sample'),
told as (
    select *, list_sort(list_transform(labels, lambda label: label.told)) as entries,
        list_sort(list_transform(list_filter(labels, lambda label: not list_contains($passing, label.key)),
            lambda label: label.told)) as steady
    from undone)
select $path, line, name,
    case when len(entries) > 0 then '{' || array_to_string(entries, ', ') || '}' end,
    case when len(entries) > 0 then '{' || array_to_string(steady, ', ') || '}' end,
    coalesce(epoch_read(own), carried), cell_number(value), unit
from told left join units on units.named = told.name;
