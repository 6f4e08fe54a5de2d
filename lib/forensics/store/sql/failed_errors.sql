-- One row per kind of error of the failed requests in the stretch: the text or, where they differ in numbers, the text with its
-- numbers taken out.
with told as (
    select coalesce(error, 'status ' || status) as said, error, path, line, time
    from seen_requests where external and failed and time >= $start and time <= $end)
select case when count(distinct said) = 1 then min(said) else regexp_replace(min(said), '\d+', 'N', 'g') end as kind,
    count(*) as failed, min(path) as path, min_by(line, time) as line, min(time) as first_time, min_by(error, time) as example
from told group by regexp_replace(said, '\d+', 'N', 'g') order by failed desc, kind;
