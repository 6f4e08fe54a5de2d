-- One row per log event: a line that begins one, with the lines that continue it folded in.
insert into log_events
with heads as (
    select *, last_value(case when begins in ('event', 'undated') then line when begins = 'separator' then -line end
        ignore nulls) over (order by line) as head
    from reading),
folded as (
    select head, max(line) as last_line, max("offset" + length) as stop,
        left(string_agg(message, chr(10) order by line) filter (where begins = 'nothing'), 65536) as body
    from heads
    where head > 0 and begins in ('event', 'undated', 'nothing')
    group by head)
select $path, h.line, f.last_line, h."offset", f.stop - h."offset", h.time, upper(h.level), h.source, h.message,
    f.body,
    last_value(h.time ignore nulls) over (order by h.line rows between unbounded preceding and 1 preceding),
    first_value(h.time ignore nulls) over (order by h.line rows between 1 following and unbounded following),
    false
from heads h join folded f on f.head = h.line
where h.begins in ('event', 'undated');
