-- One row per source: how many seconds it tells of, its median pause and the one that 95 of 100 do not exceed, whether it is an
-- extract of another, and whether it holds samples.
select path, count(*) as seconds, median(pause) as usual, quantile_disc(pause, 0.95) as most,
    count(*) filter (where copied) >= 0.5 * count(*) as extract, bool_or(sampled) as sampled
from source_times group by path order by path;
