-- One row per commit of a text that lists changes; a list that people keep of their changes names what kind each is, and who
-- made it, instead of the id of a commit. Where git prints a commit over several lines, its date, author and message
-- stand below its first one, perhaps behind the lines of its graph; or its author stands on the first and what it is below; or
-- author and what it is stand in columns. What a deployment system lists (rolled out) names no author.
insert into changes (path, line, position, id, time, kind, service, summary, author, reverts)
with listed as (
    select *, lower(source) as word, regexp_extract(message, '^(\S+)(?: {2,}|\t)(.*\S)\s*$', ['who', 'what']) as told
    from arriving_events where not regexp_full_match(lower(source), '[0-9a-f]{7,64}')),
commits as (
    select *, trim(regexp_replace(message, '\s*(?:\([^)]*\)|\[[^\]]*\])\s*', ' ', 'g')) as named,
        nullif(trim(regexp_extract(body, '(?m)^[|\\/_ ]*(?: {4}|\t)\s*(\S.*)$', 1)), '') as below,
        coalesce(time is not null and below <> '' and regexp_full_match(named, '(?:[^\s:]+(?: [^\s:]+){0,3})?'), false) as by_line,
        regexp_extract(message, '^([^\s:]+(?: [^\s:]+){0,3})(?: {2,}|\t)\s*(\S.*)$', ['who', 'what']) as parted
    from arriving_events where regexp_full_match(lower(source), '[0-9a-f]{7,64}'))
select path, line, null, null, time,
    case when regexp_matches(word, 'deploy|release|roll|helm|argo') then 'deploy' when regexp_matches(word, 'flag|feature|toggle') then 'flag'
        when regexp_matches(word, 'restart|reboot') then 'restart' when regexp_matches(word, 'scal') then 'scaling'
        when regexp_matches(word, 'schema|migrat|ddl') then 'schema' when regexp_matches(word, 'data|cron|job|backup|import') then 'data'
        else 'config' end,
    null, case when word = 'rolled out' then trim(regexp_replace(message, '\s+', ' ', 'g'))
        else concat_ws(' ', case when word in ('deploy', 'config', 'restart') then null else source || ':' end, regexp_replace(told.what, '\s{2,}', ' ', 'g')) end,
    case when word = 'rolled out' then null else told.who end, null
from listed
union all
select path, line, null, left(source, 12),
    coalesce(time, cast(try_strptime(
        coalesce(nullif(regexp_extract(body, '(?m)^[|\\/_ ]*CommitDate: +(.*)$', 1), ''), regexp_extract(body, '(?m)^[|\\/_ ]*(?:Author)?Date: +(.*)$', 1)),
        ['%a %b %-d %H:%M:%S %Y %z', '%Y-%m-%d %H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']) at time zone 'UTC' as timestamp)),
    'commit', null,
    case when time is null and body is not null then below when by_line then below
        when parted.what <> '' then regexp_replace(parted.what, '\s{2,}', ' ', 'g') else message end,
    coalesce(nullif(regexp_extract(body, '(?m)^[|\\/_ ]*Author: +([^<\n]*[^<\s])', 1), ''),
        case when by_line then nullif(named, '') when time is not null then nullif(parted.who, '') end),
    nullif(left(regexp_extract(body, '\bThis reverts commit ([0-9a-f]{7,64})\b', 1), 12), '')
from commits;
