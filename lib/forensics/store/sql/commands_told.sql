-- One row per command that a shell's history or a recorded terminal tells, with the times between which an undated one was given,
-- and whether the error that follows it at once refuses it.
with next_to as (
    select e.*, v.kind as held_as, lead(e.level) over w as next_level, lead(e.source) over w as next_source,
        lead(e.message) over w as next_message
    from log_events e join evidence v on v.path = e.path
    where v.kind in ('capture', 'document') and not e.repeated
    window w as (partition by e.path order by e.line))
select path, line, time, "after", "before", message,
    coalesce(next_level = 'ERROR' and contains(message, split_part(next_source, ':', 1))
        and regexp_matches(next_message, 'command not found|No such file or directory|Permission denied|Operation not permitted'), false) as failed
from next_to
where source = 'shell' and message <> ''
order by path, line;
