-- One row per commit of a text that lists changes; a list that people keep of their changes names what kind each is, and who
-- made it, instead of the id of a commit. Where git prints a commit over several lines, its date, author and message
-- stand below its first one, perhaps behind the lines of its graph; or its author stands on the first and what it is below; or
-- author and what it is stand in columns. What a deployment system lists (rolled out) names no author. Who made a change of a list
-- stands in a column of its own: behind “by”, or as a handle or a name in one of the first two.
insert into changes (path, line, position, id, time, kind, service, summary, author, reverts)
with came as (  -- who noted when a commit was deployed wrote by the clock of the commit's own stamp, where no other zone stands there
    select * replace (case when noted.at <> '' then regexp_replace(regexp_replace(message, '^\d{4}-\S+[T ]\d\d:\d\d:\d\d ?(?:Z|[+-]\d\d:?\d\d)\W+(?:[0-9a-f]{7,40}(?: {2,}|\t))?', ''), '\s*\[[^\]]*\]\s*$', '') else message end as message),
        case when noted.at <> '' then zoned_read(replace(noted.at, ' ', 'T') || coalesce(nullif(noted.seconds, ''), ':00')
            || coalesce(nullif(noted.zone, ''), regexp_extract(message, '^\d{4}-\S+[T ]\d\d:\d\d:\d\d ?(Z|[+-]\d\d:?\d\d)', 1))) end as deployed
    from (select *, regexp_extract(case when regexp_matches(message, '^\d{4}-\d\d-\d\d[T ]') then message else '' end,
        '\[[^\]\d]{3,20}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(:\d\d)? ?(Z|[+-]\d\d:?\d\d)?\] *$', ['at', 'seconds', 'zone']) as noted from arriving_events)),
own as (  -- a time among the columns behind the kind of a change
    select '(^|\t| {2,})\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*(?: [+-]\d\d:?\d\d)?(?:\t| {2,})' as stamp),
divided as (
    select *, lower(source) as word, regexp_matches(message, stamp) as behind,
        [trim(part) for part in regexp_split_to_array(trim(regexp_replace(message, stamp, '\1  ')), ' {2,}|\t')] as parts
    from came, own where not regexp_full_match(lower(source), '[0-9a-f]{7,64}|r\d+|platform|nomad|capistrano')),
persons as (
    select *, list_filter(parts, lambda part: regexp_matches(part, '^(?i:by|von|av|af|par|por|door) \S+( \S+)?$'))[1] as by_whom,
        regexp_full_match(parts[1], '@?[a-z]+(?:[._-][a-z]+)*|[A-Z][a-zà-ž''-]+(?: [A-Z][\w''.-]+){0,2}') as first_is_one,
        regexp_full_match(parts[2], '@?[a-z]+(?:[._-][a-z]+)*|[A-Z][a-zà-ž''-]+(?: [A-Z][\w''.-]+){0,2}') and len(parts) > 2 as second_is_one
    from divided),
named as (
    select *, case when by_whom is not null then by_whom when first_is_one and not behind then parts[1] when second_is_one then parts[2]
        when not behind and not contains(parts[1], ' ') then parts[1] end as whose
    from persons),
listed as (
    select *, regexp_replace(whose, '^(?i:by|von|av|af|par|por|door) ', '') as who,
        array_to_string(list_filter(parts, lambda part: part is distinct from whose), ' ') as what,
        coalesce(left(regexp_extract(list_filter(parts, lambda part: regexp_matches(part, '^[0-9a-f]{7,40}(?: |$)') and regexp_matches(part, '^[a-f]*\d'))[1],
            '^[0-9a-f]+'), 12), case when behind and regexp_full_match(parts[1], '\S*\d\S*') then parts[1] end) as named
    from named),
commits as (
    select *, trim(regexp_replace(message, '\s*(?:\([^)]*\)|\[[^\]]*\])\s*', ' ', 'g')) as named,
        nullif(trim(regexp_extract(body, '(?m)^[|\\/_ ]*(?: {4}|\t)\s*(\S.*)$', 1)), '') as below,
        coalesce(time is not null and below <> '' and regexp_full_match(named, '(?:[^\s:]+(?: [^\s:]+){0,3})?'), false) as by_line,
        regexp_extract(message, '^([^\s:]+(?: [^\s:]+){0,3})(?: {2,}|\t)\s*(\S.*)$', ['who', 'what']) as parted
    from came where regexp_full_match(lower(source), '[0-9a-f]{7,64}')),
platform as (  -- what a platform lists of itself: who, what it was called there, and what it was about stand in columns
    select *, list_filter([trim(part) for part in regexp_split_to_array(trim(regexp_replace(message,
            '(^|\t| {2,})\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?\S*(?: (?:UTC|GMT|Z|[+-]\d\d:?\d\d))?(?:\t| {2,}|$)', '\1  ')), ' {2,}|\t')],
            lambda part: part <> '' and not regexp_full_match(lower(part), '[✔✓x!.…+*-]|yes|no|true|false|active|succeeded|success|done|ok')) as parts
    from came where lower(source) = 'platform'),
submissions as (  -- versions of a job of Nomad's
    select *, regexp_extract(message, '\d+') as number, coalesce(zoned_read(regexp_extract(body, '(?m)^Submit Date += (\S+)', 1)),
        cast(try_strptime(regexp_extract(body, '(?m)^Submit Date += (\S+ \S+) UTC', 1), '%m/%d/%y %H:%M:%S') as timestamp)) as submitted
    from came where lower(source) = 'nomad'),
operated as (
    select *, list_filter(parts, lambda part: regexp_matches(part, '^\S+@\S+$'))[1] as who,
        array_to_string([regexp_replace(part, '^(?:[a-zA-Z][\w-]*\.){2,}((?:[A-Z]\w*\.)?[A-Z]\w*)$', '\1')
            for part in list_filter(parts, lambda part: not regexp_matches(part, '^\S+@\S+$'))], ' ') as what
    from platform)
select path, line, null,
    case when word = 'rolled out' then left(nullif(regexp_extract(message, '\(([0-9a-f]{7,40})\)\s*$', 1), ''), 12) else nullif(named, '') end, time,
    case when regexp_matches(word, 'deploy|release|roll|helm|argo') then 'deploy' when regexp_matches(word, 'flag|feature|toggle') then 'flag'
        when regexp_matches(word, 'restart|reboot') then 'restart' when regexp_matches(word, 'scal') then 'scaling'
        when regexp_matches(word, 'schema|migrat|ddl') then 'schema' when regexp_matches(word, 'data|cron|job|backup|import') then 'data'
        else 'config' end,
    null, case when word = 'rolled out' then trim(regexp_replace(message, '\s+', ' ', 'g'))
        else concat_ws(' ', case when word in ('deploy', 'config', 'restart') then null else source || ':' end, regexp_replace(what, '\s{2,}', ' ', 'g')) end,
    case when word = 'rolled out' then null else who end, null
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
from commits
union all
select path, line, null, source, time, 'commit', null,
    coalesce(nullif(regexp_extract(regexp_replace(coalesce(body, ''), '(?m)^(?:Changed paths:| {3}[A-Z] /.*)$', '', 'g'), '(?m)^\s*(\S.*)$', 1), ''), message), message, null
from came where regexp_full_match(source, 'r\d+')
union all
select path, line, null, nullif(regexp_extract(what, '^[a-z0-9][a-z0-9-]*-\d[\w-]*$|^(\S+\d\S*) ', 1), ''), time,
    case when regexp_matches(lower(what), 'max ?scale|min ?scale|max[-_ ]?instances|replicas|\bscal|resize|instance count') then 'scaling'
        when regexp_matches(lower(what), 'migrat|\bschema\b|\bddl\b') then 'schema'
        when regexp_matches(lower(what), 'restart|reboot|\bstop(ped)? and start') then 'restart'
        when regexp_matches(lower(what), '\benv(ironment)? ?var|\bconfig|\bsecret|\bsetting|\bfirewall|\biam\b|setiampolicy|\bflags?\b') then 'config'
        else 'deploy' end,
    null, what, who, null
from operated where what <> '' and (len(parts) < 3 or len(list_filter(parts, lambda part: regexp_full_match(part, '\d+'))) < len(parts) - 1)
union all
select path, line, null, coalesce(nullif(regexp_extract(body, '(?i)(?:commit|sha|revision)[\w.\[\]"]*: "[^"]*" => "([0-9a-f]{7,40})"', 1), ''), 'v' || number), submitted,
    case when regexp_matches(body, '(?i)\benv[.\[]|config|template') and not regexp_matches(body, '(?i)commit|image|artifact|\bsha\b') then 'config' else 'deploy' end,
    null, concat_ws(': ', 'version ' || number, nullif(trim(regexp_extract(body, '(?m)^Diff += (?:\(\d+ changed\) ?)?(.*)$', 1)), '')), null, null
from submissions
union all
select path, line, null, nullif(regexp_extract(message, '\(at ([0-9a-f]{7,40})\)', 1), ''), time, 'deploy', null, message,
    nullif(regexp_extract(message, '^(\S.*) rolled back to|deployed as release \d+ by (\S.*)$', 1)
        || regexp_extract(message, '^(\S.*) rolled back to|deployed as release \d+ by (\S.*)$', 2), ''), null
from came where lower(source) = 'capistrano'
union all
select path, line, null, left(source, 12), deployed, 'deploy', null,
    'Deploy of ' || coalesce(regexp_replace(nullif(parted.what, ''), '\s{2,}', ' ', 'g'), message), nullif(parted.who, ''), null
from commits where deployed is not null;
