-- One row per text that may state a setting: an event of a configuration, or of a text that no format fits, with what is folded
-- into it; a number of a document that nothing dates, as a name and its value.
select e.path, e.line, null::bigint as position,
    case when v.kind = 'configuration' and e.source is not null then e.source || '=' || coalesce(e.message, '')
        else coalesce(e.message, '') || coalesce(chr(10) || nullif(e.body, ''), '') end as text
from log_events e join evidence v using (path)
where v.kind in ('configuration', 'document', 'unknown') and e.time is null and not e.repeated and coalesce(e.length, 0) <= $longest
union all
select s.path, s.line, s.position, s.name || '=' || cast(s.value as bigint)
from samples s
where s.time is null and s.clock_s is null and s.value between 1 and 100000 and s.value = floor(s.value) and coalesce(s.series, '{}') = '{}'
order by path, line nulls last, position nulls last, text;
