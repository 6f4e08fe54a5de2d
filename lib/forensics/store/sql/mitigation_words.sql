-- One row per line, message or record in which a person tells of a command that fits: where, when, and its words. Below what
-- is `$refused`, the command itself says that it did nothing.
select path, line, position, time, regexp_extract(text, $pattern) as said from (
    select path, line, null as position, time, coalesce(message, '') || coalesce(chr(10) || body, '') as text
    from log_events where path in (from (select unnest($told)))
    union all select path, line, position, time, text from events where kind in ('communication', 'action', 'decision'))
where regexp_matches(text, $pattern) and not regexp_matches(text, $refused) order by path, time, line, position;
