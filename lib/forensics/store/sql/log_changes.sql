-- One row per commit of a text that lists changes; a list that people keep of their changes names what kind each is, and who
-- made it, instead of the id of a commit. Where git prints a commit over several lines, its date, author and message
-- stand below its first one, perhaps behind the lines of its graph.
insert into changes (path, line, position, id, time, kind, service, summary, author, reverts)
with listed as (
    select *, lower(source) as word, regexp_extract(message, '^(\S+)(?: {2,}|\t)(.*\S)\s*$', ['who', 'what']) as told
    from arriving_events where not regexp_full_match(lower(source), '[0-9a-f]{7,64}'))
select path, line, null, null, time,
    case when regexp_matches(word, 'deploy|release|roll|helm|argo') then 'deploy' when regexp_matches(word, 'flag|feature|toggle') then 'flag'
        when regexp_matches(word, 'restart|reboot') then 'restart' when regexp_matches(word, 'scal') then 'scaling'
        when regexp_matches(word, 'schema|migrat|ddl') then 'schema' when regexp_matches(word, 'data|cron|job|backup|import') then 'data'
        else 'config' end,
    null, concat_ws(' ', case when word in ('deploy', 'config', 'restart') then null else source || ':' end, regexp_replace(told.what, '\s{2,}', ' ', 'g')), told.who, null
from listed
union all
select path, line, null, left(source, 12),
    coalesce(time, cast(try_strptime(
        coalesce(nullif(regexp_extract(body, '(?m)^[|\\/_ ]*CommitDate: +(.*)$', 1), ''), regexp_extract(body, '(?m)^[|\\/_ ]*(?:Author)?Date: +(.*)$', 1)),
        ['%a %b %-d %H:%M:%S %Y %z', '%Y-%m-%d %H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']) at time zone 'UTC' as timestamp)),
    'commit', null,
    case when body is null then message else nullif(trim(regexp_extract(body, '(?m)^[|\\/_ ]*    +(\S.*)$', 1)), '') end,
    nullif(regexp_extract(body, '(?m)^[|\\/_ ]*Author: +([^<\n]*[^<\s])', 1), ''),
    nullif(left(regexp_extract(body, '\bThis reverts commit ([0-9a-f]{7,64})\b', 1), 12), '')
from arriving_events where regexp_full_match(lower(source), '[0-9a-f]{7,64}');
