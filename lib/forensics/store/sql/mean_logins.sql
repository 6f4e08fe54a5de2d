-- One row per attempt to log in; a line that says how often its message was repeated tells of so many. What is a $twin of
-- other lines about the same attempt tells of one only where none of those stands near, from the same address.
-- With $body, what is told stands in the lines below the message.
with telling as (
    select path, line, time, times, source, if($body = 'true', concat_ws(chr(10), message, left(body, 4000)), message) as message
    from telling_events),
found as (
    select path, line, time, unnest(range(greatest(times, 1))), regexp_extract(message, $pattern, $groups) as parts
    from telling
    where regexp_matches(coalesce(source, ''), $source) and regexp_matches(message, $pattern)),
told as (
    select distinct path, address, unnest([line // 100 - 1, line // 100, line // 100 + 1]) as hundred
    from logins where $twin = 'true')
insert into logins
select path, line, time, parts.address, nullif(parts.account, ''), $ok = 'true'
from found
where not exists (select 1 from logins l where l.path = found.path and l.line = found.line)
    and not exists (
        select 1 from told where told.path = found.path and told.address = found.parts.address and told.hundred = found.line // 100);
