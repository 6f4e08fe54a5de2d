-- One row per number that a file states, by one of these names, of its whole run: its name, the number, its unit, the line of it and
-- its labels.
select name, value, coalesce(unit, '') as unit, line, series
from samples
where path = $path and list_contains($names, name) and value >= 0 and coalesce(unit, '') <> '/s'
    and contains(coalesce(series, '{}'), '"of": "whole ')
order by line nulls last, name, value;
