-- The rows of a table of tickets or of customers' reports: each is what somebody told, and when.
insert into events (path, line, time, kind, what, who, text, weight)
select $path, line, time, 'communication', 'complaint', nullif(trim("by"), ''),
    coalesce('Ticket ' || nullif(trim(id), ''), 'Report') || ': ' || concat_ws(': ', trim(title), nullif(trim(words), '')), 2
from arrived where time is not null and trim(title) <> '';
