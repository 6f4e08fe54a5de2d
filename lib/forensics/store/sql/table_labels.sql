-- One row per measured column and combination of label cells: the labels as JSON, and those that outlast a release.
create or replace temp table label_texts as
with filled as (
    select kind, list_filter(list_zip($labels, label_cells, $steady), lambda label: trim(label[2]) <> '') as labels from kinds),
told as (
    select kind, list_transform(labels, lambda label: to_json(label[1]) || ': ' || to_json(label[2])) as entries,
        list_transform(list_filter(labels, lambda label: label[3]), lambda label: to_json(label[1]) || ': ' || to_json(label[2])) as steady
    from filled)
select kind, position,
    '{' || nullif(array_to_string(list_sort(list_concat(told.entries, measures.entries)), ', '), '') || '}' as labels,
    case when len(told.entries) + len(measures.entries) > 0
        then '{' || array_to_string(list_sort(list_concat(told.steady, measures.entries)), ', ') || '}' end as series
from told cross join measures;
