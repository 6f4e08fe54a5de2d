-- What judged requests tell by $until: how many, how many failed, by which definition, and where the first failure stands. Files that
-- follow one another, as the parts of one log, tell of all together, in one row; of files of the same time each has a row of its own.
with seen as (from seen_requests where time <= $until),
spans as (select path, min(time) as first, max(time) as last from seen group by path),
parts as (
    select coalesce(bool_and(follows), true) as in_turn
    from (select first >= lag(last) over (order by first, last) - interval 1 minute as follows from spans)),
told as (select seen.*, case when in_turn then '' else path end as of from seen, parts)
select coalesce(arg_min(path, (time, path, line)) filter (where failed and external), min(path)) as path,
    string_agg(distinct path, ' and ' order by path) as paths, count(*) as requests, count(*) filter (where failed) as failed,
    count(*) filter (where external) as external, count(*) filter (where external and failed) as external_failed,
    count(*) filter (where external and time between $start and $end) as within,
    count(*) filter (where external and failed and time between $start and $end) as within_failed,
    arg_min(line, (time, path, line)) filter (where failed and external) as line, max(duration_ms) / 1000 as longest_s
from told group by of order by path;
