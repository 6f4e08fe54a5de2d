-- One row: of the lines of a source without years whose messages begin with a stamp of their own, or hold one in brackets, how many
-- do; how many of these stamps are of the line's day, give or take one; in how many ways these tell the year of the last line;
-- and the time that the last of them states, with its line.
with own as (
    select line, message, own_clock, coalesce(lag(own_clock) over (order by line) - own_clock > interval 180 day, false) as turns
    from log_events where path = $path and own_clock is not null),
turned as (
    select line, own_clock, count(case when turns then 1 end) over (order by line) as years, left(message, 400) as text from own),
stamped as (
    select line, own_clock, years, coalesce(
        try_strptime(nullif(regexp_extract(text, '\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d)[\].,; ]', 1), ''), '%d/%b/%Y:%H:%M:%S'),
        try_cast(nullif(regexp_extract(text, '^\W{0,2}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)', 1), '') as timestamp),
        try_strptime(nullif(regexp_extract(text, '^\W{0,2}(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)', 1), ''), '%Y/%m/%d %H:%M:%S')) as stamp
    from turned),
near as (
    select *, least(abs(epoch(stamp - to_years(cast(year(stamp) - 2000 as integer)) - own_clock)),
        abs(epoch(stamp - to_years(cast(year(stamp) - 1999 as integer)) - own_clock)),
        abs(epoch(stamp - to_years(cast(year(stamp) - 2001 as integer)) - own_clock))) <= 90000 as near
    from stamped where stamp is not null)
select count(*), count(*) filter (where near), count(distinct round(date_diff('day', own_clock, stamp) / 365.25) - years) filter (where near),
    arg_max(stamp, line) filter (where near), max(line) filter (where near)
from near;
