-- One row per text of the evidence that may say until when a certificate is valid, or whose it is, with the line at which it begins.
select path, line, concat_ws(chr(10), message, body) as said from log_events
where not repeated and regexp_matches(concat_ws(chr(10), message, body), $wanted)
order by path, line;
