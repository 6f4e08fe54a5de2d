-- One row per file in which samples of one series stand at one time: how many, and how many of them differ.
select path, sum(doubles) as doubles, sum(contradictions) as contradictions, count(*) as series, min(name) as name
from metric_series where doubles > 0 group by path order by path;
