-- One row per file and name whose samples do not stand in the order of their times; newest first throughout is an order, too.
select path, name, sum(backward) as backward, sum(samples) as samples
from metric_series where backward > 0 and forward > 0 group by path, name order by path, backward desc, name;
