-- What captures tell as a warning or worse without a time, the gravest first: where, how grave, in which words.
select path, line, level, message from log_events
where time is null and not repeated and level in ('WARN', 'ERROR', 'FATAL') and path in (from (select unnest($paths)))
order by case level when 'FATAL' then 0 when 'ERROR' then 1 else 2 end, path, line;
