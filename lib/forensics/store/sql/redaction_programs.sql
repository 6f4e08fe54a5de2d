-- One row per name that a service, a program that logs, or what is probed has: no name of a person.
select distinct lower(name) as name from (
    select source as name from log_events
    union all select service from changes
    union all select target from probes
    union all select service from spans
    union all select caller from calls
    union all select callee from calls
) where name is not null order by name;
