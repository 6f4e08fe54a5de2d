-- One change per row of a table of commits, deploys or flags; what says nothing of itself is called by its id, or its kind.
insert into changes (path, line, position, id, time, kind, service, summary, author)
select $path, line, null, nullif(trim(id), ''), time, $kind, nullif(trim(service), ''), coalesce(nullif(trim(summary), ''), nullif(trim(id), ''), $kind), nullif(trim(author), '')
from arrived;
