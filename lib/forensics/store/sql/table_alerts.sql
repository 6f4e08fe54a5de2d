-- The rows of a table of alerts: each was raised, perhaps acknowledged, and perhaps closed. One that only informs is no alarm.
insert into events (path, line, time, kind, what, who, text, weight)
with told as (
    select line, time, nullif(trim(title), '') as title, nullif(trim(severity), '') as severity,
        coalesce(regexp_full_match(lower(trim(severity)), 'info|information|informational|notice|not classified|ok|none|debug'), false) as informs,
        nullif(trim(id), '') as id,
        any_read(nullif(trim(acknowledged), '')) as acknowledged, nullif(trim("by"), '') as "by", any_read(nullif(trim(ended), '')) as ended
    from arrived)
select $path, line, time, 'signal', case when informs then 'alert state' else 'alert' end, null,
    concat_ws(' ', 'Alert:', severity, title) || coalesce(' (' || id || ')', ''), case when informs then 1 else 4 end
from told where time is not null
union all
select $path, line, acknowledged, 'communication', 'acknowledged', "by", 'Acknowledged: on it — ' || title, 3
from told where acknowledged is not null
union all
select $path, line, ended, 'signal', 'alert resolved', null, 'Alert closed: ' || title || coalesce(' (' || id || ')', ''), 3
from told where ended is not null and not informs;
