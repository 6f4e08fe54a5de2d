-- One row per series in bytes or times whose name fits: its lowest and highest sample by $until, and where the highest stands.
select path, name, coalesce(series, '') as series, coalesce(json_extract_string(labels, '$.statistic'), '') as statistic, unit,
    min(value) as lowest, max(value) as highest, arg_max(line, value) as line, arg_max(position, value) as position, count(*) as samples
from samples
where value is not null and unit is not null and (time is null or time <= $until) and regexp_matches(name, $fitting)
    and list_contains($units, lower(unit))
group by all order by path, name, series, statistic;
