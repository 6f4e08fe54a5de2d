-- One row per kind of error of the failed requests in the stretch: the text or, where they differ in numbers, the text with its
-- numbers taken out. Where there is no text, the status is the kind.
with told as (
    select coalesce(error, 'status ' || status) as said, coalesce(regexp_replace(error, '\d+', 'N', 'g'), said) as shape, error, path, line, time
    from seen_requests where external and failed and time >= $start and time <= $end)
select case when count(distinct said) = 1 then min(said) else shape end as kind,
    count(*) as failed, min(path) as path, min_by(line, time) as line, min(time) as first_time, min_by(error, time) as example
from told group by shape order by failed desc, kind;
