-- One row per series of a file whose percentages lie below nothing or above everything; a share of one processor, and
-- memory that was promised, may exceed a hundred.
select name, count(*) filter (where value < 0 or value > 100) as impossible, count(*) as samples,
    arg_max(value, greatest(-value, value - 100)) as worst
from samples
where path = $path and lower(unit) in ('percent', '%') and value is not null and not regexp_matches(name, '(?i)cpu|commit')
group by name having count(*) filter (where value < 0 or value > 100) > 0 order by name;
