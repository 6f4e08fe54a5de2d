-- One row per event of a log that the store holds with its message, those of one file together: where it stands, when it was, and
-- what of it is known. Those of documents stand at no offset, and `line` is their number. Of each log, $most events at most.
select path, line, "offset", length, time, own_clock, source, message from log_events
where path in (from (select unnest($paths))) and path not in (select path from large_logs) and not repeated
    and message is not null and (time is not null or own_clock is not null)
qualify row_number() over (partition by path order by hash(line)) <= $most
order by path, line;
