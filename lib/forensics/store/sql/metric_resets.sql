-- One row per file and running total that began again: how often, and where first. A total that falls to more than half of
-- what it was, or falls as often as it rises, is a measure that goes up and down.
with steps as (
    select path, name, time, value, lag(value) over (partition by path, name, series order by time, line, position) as before
    from samples
    where ($path is null or path = $path) and time is not null and value is not null
        and regexp_matches(name, '(?i)[_.](total|count|sum|bucket|errors|requests)$')),
judged as (
    select path, name, count(*) filter (where value < before) as falls, count(*) filter (where value < before / 2) as resets,
        count(*) filter (where value > before) as rises, min(time) filter (where value < before) as first_time,
        arg_min(before, time) filter (where value < before) as before, arg_min(value, time) filter (where value < before) as after
    from steps group by path, name)
select path, name, resets, first_time, before, after from judged
where resets > 0 and falls = resets and rises >= 4 * resets order by path, first_time, name;
