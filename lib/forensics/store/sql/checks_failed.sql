-- One row per table of checks and what its failed rows say of data, by the patterns of losses.toml: how many do, the first of
-- them, and its line. A row counts once, for the first pattern that it fits.
with failed as (
    select path, line, message, list_position([regexp_matches(message, one) for one in $patterns], true) as which
    from log_events join evidence using (path)
    where evidence.format = 'table-checks' and level = 'ERROR'
)
select $names[which] as name, path, count(*) as failed, arg_min(message, line) as message, min(line) as line
from failed where which > 0 group by which, path order by which, path;
