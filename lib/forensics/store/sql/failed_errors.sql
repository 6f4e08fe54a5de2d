-- One row per kind of error of the failed requests in the stretch: the text with its numbers taken out.
select regexp_replace(coalesce(error, 'status ' || status), '\d+', 'N', 'g') as kind, count(*) as failed,
    min(path) as path, min_by(line, time) as line, min(time) as first_time, min_by(error, time) as example
from seen_requests where external and failed and time >= $start and time <= $end
group by 1 order by failed desc, kind;
