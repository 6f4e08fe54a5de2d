-- One row per kind of error of the failed requests in the stretch: the text or, where they differ in numbers, the text with its
-- numbers taken out. Where there is no text, the status is the kind, with what a call failed with that was made while it was answered.
with calls as (
    select id, min_by(error, (time, path, line)) as call_error, min_by(path, (time, path, line)) as call_path, min_by(line, (time, path, line)) as call_line
    from requests join request_views using (path)
    where view = 'upstream' and failed and error is not null and id is not null group by id),
told as (
    select coalesce(error, 'status ' || status || coalesce(', a call of it having failed with: ' || call_error, '')) as said,
        coalesce(regexp_replace(error, '\d+', 'N', 'g'), said) as shape, error,
        case when error is null then coalesce(call_path, path) else path end as path,
        case when error is null then coalesce(call_line, line) else line end as line, time
    from seen_requests left join calls using (id) where external and failed and time >= $start and time <= $end)
select case when count(distinct said) = 1 then min(said) else shape end as kind,
    count(*) as failed, min_by(path, (time, path, line)) as path, min_by(line, (time, path, line)) as line, min(time) as first_time, min_by(error, time) as example
from told group by shape order by failed desc, kind;
