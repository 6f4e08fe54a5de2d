-- One row per change of what a series of this name tells: its name and labels, what it was and became, in which unit, when it was
-- last seen as it was and first as it became, and where the latter stands.
with own as (
    select name, series, labels, unit, value, time, path, line, position,
        lag(value) over w as before, lag(time) over w as seen, count(*) over (partition by path, name, series) as samples
    from samples where time is not null and regexp_matches(name, $name)
    window w as (partition by path, name, series order by time))
select name, labels, before, value, unit, seen, time, path, line, position from own
where before is not null and value <> before order by time, path, name, series;
