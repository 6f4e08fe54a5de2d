-- One row per kind of error of the failed requests in the stretch: the text, N for a number of a word that is not the same in all
-- texts alike but for numbers. Where there is no text, the status is the kind, with what a call failed with that was made while it was answered.
with calls as (
    select id, min_by(error, (time, path, line)) as call_error, min_by(path, (time, path, line)) as call_path, min_by(line, (time, path, line)) as call_line
    from requests join request_views using (path)
    where view = 'upstream' and failed and error is not null and id is not null group by id),
told as (
    select coalesce(error, 'status ' || status || coalesce(', a call of it having failed with: ' || call_error, '')) as said,
        coalesce(regexp_replace(error, '\d+', 'N', 'g'), said) as shape, error,
        case when error is null then coalesce(call_path, path) else path end as path,
        case when error is null then coalesce(call_line, line) else line end as line, time
    from seen_requests left join calls using (id) where external and failed and time >= $start and time <= $end),
words as (
    select shape, unnest(range(1, len(string_split(shape, ' ')) + 1)) as position, unnest(string_split(said, ' ')) as said,
        unnest(string_split(shape, ' ')) as word
    from (select distinct shape, said from told)),
settled as (
    select shape, position, case when count(distinct said) = 1 then min(said) else min(word) end as word
    from words group by shape, position),
kinds as (select shape, string_agg(word, ' ' order by position) as kind from settled group by shape)
select kind, count(*) as failed, min_by(path, (time, path, line)) as path, min_by(line, (time, path, line)) as line,
    min(time) as first_time, min_by(error, time) as example
from told join kinds using (shape) group by shape, kind order by failed desc, kind;
