-- One row per commit of a text that lists changes.
insert into changes
select path, line, null, left(source, 12), time, 'commit', null, message, null from arriving_events;
