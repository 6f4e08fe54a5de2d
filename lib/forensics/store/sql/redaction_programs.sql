-- One row per name that a service, a program that logs, or what is probed has: no name of a person. Who writes messages in a chat is
-- none of them, though the chat was read as a log.
select distinct name from (
    select source as name from log_events
    union all select service from changes
    union all select target from probes
    union all select service from spans
    union all select caller from calls
    union all select callee from calls
) where name is not null
    and name not in (select who from events where kind = 'communication' and who is not null and signs_as_person(who))
order by name;
