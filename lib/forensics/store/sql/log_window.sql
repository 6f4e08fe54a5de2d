-- One row per log line of the stretch that fits the filters, at most $most of them.
select time, level, source, message, path, line from lines_in_order
where time between $start and $end
    and (len($levels) = 0 or level in (from (select unnest($levels))))
    and (len($sources) = 0 or path in (from (select unnest($sources))))
    and ($text = '' or contains(lower(message), lower($text)))
order by time, path, line limit $most;
