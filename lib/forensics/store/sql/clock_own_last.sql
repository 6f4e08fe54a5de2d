-- One row: the last line's time as written, and how often the year turned before it: each fall by more than half a year.
with own as (
    select line, own_clock, lag(own_clock) over (order by line) as before
    from log_events where path = $path and own_clock is not null)
select arg_max(own_clock, line), count(*) filter (where before - own_clock > interval 180 day) from own;
