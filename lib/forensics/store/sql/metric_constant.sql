-- One row per file and name all of whose series keep one and the same value in ten samples or more, while others move.
select path, name, any_value(least) as value, sum(valued) as samples
from metric_series m group by path, name
having bool_and(least is not distinct from most) and min(least) = max(most) and max(valued) >= 10
    and exists (select 1 from metric_series o where o.path = m.path and o.least < o.most)
order by path, value < 0 desc, regexp_matches(name, '(?i)success|avail|health|usage|util|error|up$') desc, name;
