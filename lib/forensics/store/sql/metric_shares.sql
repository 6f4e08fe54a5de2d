-- One row per file and name of a share whose scale nothing settles: no unit, or percent by name while no value exceeds 1.
select path, name, any_value(unit) as unit, max(most) as most from metric_series
where valued > 0 and least >= 0 and most between 0 and 100
    and (unit is null and regexp_matches(name, '(?i)(usage|util|percent|pct|[_.]ratio|share|error_?rate|availab|success_?rate)')
        and not regexp_matches(name, '(?i)bytes|count|total$|\(')
    or lower(unit) in ('percent', '%') and regexp_matches(name, '(?i)disk|mem|heap|volume|buffer|pool|fs'))
group by path, name having max(most) > 0 and (max(most) <= 1 or any_value(unit) is null) order by path, name;
