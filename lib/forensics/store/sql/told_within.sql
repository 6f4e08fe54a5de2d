-- One row per source: how much it tells within a stretch of time, and within one of the same length before it.
select path, coalesce(sum(told) filter (where second >= $start), 0)::bigint as within,
    coalesce(sum(told) filter (where second < $start), 0)::bigint as before
from source_times where second between $start - ($end::timestamp - $start::timestamp) and $end group by path order by path;
