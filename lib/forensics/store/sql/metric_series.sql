-- Keep what was found of the series whose numbers are lent: how many samples, of which values, how far apart, in which order.
insert into metric_series by name
select n.path, n.name, coalesce(n.labels, '{}') as series, u.unit, f.* exclude (number)
from found f join metric_names n using (number) left join (
    select path, name, labels, any_value(unit) as unit from (
        select path, name, labels, unit from sampled_series
        union all select path, name, labels, any_value(unit) from single_samples group by all)
    group by all) u on u.path = n.path and u.name = n.name and u.labels is not distinct from n.labels;
