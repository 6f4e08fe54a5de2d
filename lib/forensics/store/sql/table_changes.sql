-- One change per row of a table of commits, deploys or flags.
insert into changes (path, line, position, id, time, kind, service, summary, author)
select $path, line, null, nullif(trim(id), ''), time, $kind, nullif(trim(service), ''), nullif(trim(summary), ''), nullif(trim(author), '')
from arrived;
