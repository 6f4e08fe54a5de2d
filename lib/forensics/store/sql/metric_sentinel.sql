-- One row per file and name in which -1 is the only number below 0, beside others: it stands for "unknown".
select path, name, count(*) filter (where value = -1) as unknown, count(*) as samples
from samples where ($path is null or path = $path) and value is not null
group by path, name having unknown > 0 and count(*) filter (where value < 0 and value <> -1) = 0 and max(value) >= 0
order by path, name;
