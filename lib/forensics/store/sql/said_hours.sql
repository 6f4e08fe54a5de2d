-- One row per message of a chat that tells an hour: its time as written, and what it says.
select time, text from events where path = $path and time is not null and regexp_matches(text, '\d[:.h]\d\d') order by time, line;
