-- Take back the unit of shares that only their names call percentages, where no value exceeds 1: a disk, a memory or a pool
-- that is a hundredth full at most is rarer than a fraction under such a name.
update single_samples set unit = null
where path = $path and unit = 'percent' and name in (
    select name from samples where path = $path and unit = 'percent'
        and regexp_matches(name, '(?i)(disk|mem|heap|volume|buffer|pool|fs).*(pct|percent|percentage)$')
    group by name having max(value) between 0.05 and 1);
