-- One row per file whose series have holes of three usual steps or more: how many at most, in how many, and the longest.
select path, count(*) filter (where holes > 0) as series, max(holes) as holes, max(longest) filter (where holes > 0) as longest,
    arg_max(hole_end, longest) filter (where holes > 0) as hole_end, arg_max(usual, longest) filter (where holes > 0) as usual,
    arg_max(name, longest) filter (where holes > 0) as name, count(*) as judged, bool_or(dated) as dated
from metric_series where placed >= 4 group by path having max(holes) > 0 order by path;
