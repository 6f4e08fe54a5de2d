-- One change per row of a table of commits, deploys or flags; what says nothing of itself is called by its id, or its kind. What was
-- only planned, refused or called off is none. Where a row says what was done ("restart", "scale 2->4"), it is of that kind. Where it
-- names the release that it brought, as Helm's charts, that is told behind what it says.
insert into changes (path, line, position, id, time, kind, service, summary, author)
with told as (
    select *, lower(concat_ws(' ', nullif(trim(action), ''), nullif(trim(summary), ''))) as words,
        coalesce(nullif(trim(summary), ''), nullif(trim(id), ''), $kind) || coalesce(': ' || nullif(trim(release), ''), '') as said
    from arrived
    where not regexp_matches(lower(coalesce(status, '')),
        '^(?:plan|geplant|cancel|abgesagt|abgebrochen|storniert|zurückgezogen|withdrawn|reject|refused|abgelehnt|denied|draft|entwurf|pending|scheduled|vorgesehen|annul|rinviat|pianificat|programmad|prévu|refus|rechazad|gepland|avlyst|planlagt|planerad)'))
select $path, line, null, nullif(trim(id), ''), time,
    case when $kind not in ('deploy', 'config') then $kind
        when regexp_matches(words, '^(?:rolling[ -])?(?:restart|reboot|neustart|riavvio|redémarrage|reinicio)') then 'restart'
        when regexp_matches(words, '^(?:auto)?(?:scal(?:e|ing)|resize|skalier)|\b(?:scale[ -]?(?:out|up|in|down)|max(?:imum)?[ _-]?(?:instances|scale|replicas)|replicas?|instances) ?[:=]? ?\d+ ?(?:->|→|=>|to|auf|a|à) ?\d') then 'scaling'
        when regexp_matches(words, '^(?:config|konfig|setting|einstellung|parameter|env)') then 'config'
        when regexp_matches(words, '^(?:feature[ -]?)?(?:flag|toggle)\b') then 'flag'
        when regexp_matches(words, '^(?:db[ -])?(?:migrat|schema|ddl|alter table|create index|drop index)') then 'schema'
        when $kind = 'config' and regexp_matches(words, '\b(?:release|deploy\w*|rollout|version|rilascio|déploiement|despliegue|mise en production)\b') then 'deploy'
        else $kind end,
    nullif(trim(service), ''), said, nullif(trim(author), '')
from told;
