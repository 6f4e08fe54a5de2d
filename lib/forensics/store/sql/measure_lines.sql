-- One row per line of the lent chunk, with the time of the last line above it that held nothing else, unless a prompt came between.
insert into spoken
select line, text, nullif(coalesce(last_value(stamp ignore nulls) over (order by line), $before), timestamp 'infinity') as stamp
from (
    select line, text, stamp_line(text) as stamp
    from (select line, trim(text, chr(13) || chr(10)) as text from chunk where not nul and length < 4096));
