-- One row per event that no account of people tells and that names this text in any of its lines, in a capture.
select path, line, message, body from log_events join (select path, kind from evidence) using (path)
where kind = 'capture' and message is not null and not list_contains($accounts, path) and contains(concat_ws(chr(10), message, body), $text)
order by path, line;
