-- Give each finished request the time it started, and keep as unfinished only those that no line ends.
update requests set started = coalesce(
    (select min(u.started) from unfinished u where u.id = requests.id),
    time - to_microseconds(cast(duration_ms * 1000 as bigint)));
delete from unfinished where id in (select id from requests);
