-- One row per dated series: its file, its name, its labels, and how many samples it has, and the highest.
select path, name, coalesce(series, '{}') as series, count(*) as samples, max(value) as highest
from bounded_samples where time is not null and value is not null and time between $start and $end
group by all order by path, name, series;
