-- One row: how many events that no account of people tells hold this text, and where the first of them stands; and how many were looked at.
select count(*) filter (where held) as times, arg_min(path, (path, line)) filter (where held) as path,
    arg_min(line, (path, line)) filter (where held) as line, count(*) as events, count(distinct path) as files
from (
    select path, line, contains(lower(concat_ws(chr(10), message, body)), lower($text)) as held from log_events
    where not repeated and message is not null and not list_contains($accounts, path));
