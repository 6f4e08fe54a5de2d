-- One row per commit of a text that lists changes. Where git prints a commit over several lines, its date, author and message
-- stand below its first one, perhaps behind the lines of its graph.
insert into changes (path, line, position, id, time, kind, service, summary, author, reverts)
select path, line, null, left(source, 12),
    coalesce(time, cast(try_strptime(
        coalesce(nullif(regexp_extract(body, '(?m)^[|\\/_ ]*CommitDate: +(.*)$', 1), ''), regexp_extract(body, '(?m)^[|\\/_ ]*(?:Author)?Date: +(.*)$', 1)),
        ['%a %b %-d %H:%M:%S %Y %z', '%Y-%m-%d %H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']) at time zone 'UTC' as timestamp)),
    'commit', null,
    case when body is null then message else nullif(trim(regexp_extract(body, '(?m)^[|\\/_ ]*    +(\S.*)$', 1)), '') end,
    nullif(regexp_extract(body, '(?m)^[|\\/_ ]*Author: +([^<\n]*[^<\s])', 1), ''),
    nullif(left(regexp_extract(body, '\bThis reverts commit ([0-9a-f]{7,64})\b', 1), 12), '')
from arriving_events;
