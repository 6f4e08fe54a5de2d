-- One row per commit of a text that lists changes.
insert into changes (path, line, position, id, time, kind, service, summary, author)
select path, line, null, left(source, 12), time, 'commit', null, message, null from arriving_events;
