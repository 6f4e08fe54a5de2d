-- One row per counted number of a whole run or query whose name, labels or query fit: its value, and where it stands.
select path, line, position, name, value, coalesce(labels, '') as labels from samples
where unit is null and (time is null or time <= $until)
    and (labels like '%"of": "whole%' or labels like '%increase(%')
    and coalesce(json_extract_string(labels, '$.statistic'), 'count') = 'count'
    and regexp_matches(concat(name, ' ', coalesce(labels, '')), $fitting)
order by path, line, position, name;
