-- Let every dated message of an exported chat be an event: who said it and all of what was said. Lines without a word are none.
insert into events (path, line, time, kind, what, who, text, weight)
select path, line, time, 'communication', 'message', source, said, 2
from (
    select *, trim(regexp_replace(concat_ws(chr(10), case when $heading then null else message end, body), '(?s)\n\{(?:Reactions|Embed|Attachments)\}.*$', '')) as said
    from log_events where path = $path and time is not null)
where said <> '';
