-- One row per series of samples with one of these names; `loose` of them only lie between two times.
select path, name, coalesce(series, '{}') as series, any_value(unit) as unit, count(*) as samples, min(time) as first_time, max(time) as last_time,
    bool_or(line is not null) as told, max(value) as most, count(latest) as loose
from bounded_samples where name in (from (select unnest($names))) and time is not null and value is not null
    and time between $start and $end
group by all order by path, name, series;
