-- One row: how many log lines of the stretch fit the filters.
select count(*) from lines_in_order
where time between $start and $end
    and (len($levels) = 0 or level in (from (select unnest($levels))))
    and (len($sources) = 0 or path in (from (select unnest($sources))))
    and ($text = '' or contains(lower(message), lower($text)));
