-- One row per command that a shell's history, a recorded terminal or sudo's log tells, with the times between which an undated one was given,
-- and whether the error that follows it at once refuses it, or a database's below it.
with next_to as (
    select e.*, v.kind as held_as, lead(e.level) over w as next_level, lead(e.source) over w as next_source,
        lead(e.message) over w as next_message
    from log_events e join evidence v on v.path = e.path
    where v.kind in ('capture', 'document') and not e.repeated
    window w as (partition by e.path order by e.line))
select path, line, time, "after", "before", message,
    coalesce(next_level = 'ERROR' and contains(message, split_part(next_source, ':', 1))
        and regexp_matches(next_message, 'command not found|No such file or directory|Permission denied|Operation not permitted'), false)
        or regexp_matches(coalesce(body, ''), '^(?:psql:[^\n]*)?ERROR(?::  | \d+ \()') as failed
from next_to
where source = 'shell' and message <> ''
union all
select path, line, time, null, null, regexp_replace(regexp_extract(message, '; COMMAND=(\S.*)$', 1), '^/\S*/', ''),
    regexp_matches(message, 'command not allowed|NOT in sudoers|incorrect password')
from log_events
where source = 'sudo' and not repeated and time is not null and regexp_matches(message, '; USER=\S+ ;.*; COMMAND=\S|; USER=\S+ ; COMMAND=\S')
order by path, line;
