-- One row per series of samples that can be dated: where it stands, from where it was seen, how many samples it has, and the
-- greatest. `loose` of them only lie between two times; each of them is of the time `within_s` before it, where a query says so.
select s.path, name, coalesce(s.series, '{}') as series, any_value(unit) as unit, count(*) as samples, max(value) as most, min(time) as first,
    bool_or(line is not null) as told, count(latest) as loose, bool_or(until is not null) as whole, coalesce(nullif(any_value(e.vantage), ''), 'server') as vantage,
    case when not bool_or(until is not null) then epoch(any_value(a.within)) end as within_s
from bounded_samples s left join evidence e using (path) left join asked_within a on a.path = s.path and a.series = s.series
where time is not null and value is not null and time between $start and $end
group by s.path, name, coalesce(s.series, '{}') order by s.path, name, series;
