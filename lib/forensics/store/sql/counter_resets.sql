-- One row per name of a file whose running totals fell: how often, and where first. A measure that falls as often as it
-- rises is no counter.
with steps as (
    select name, time, value, lag(value) over (partition by name, series order by time, position) as before
    from samples
    where path = $path and time is not null and value is not null
        and regexp_matches(name, '(?i)[_.](total|count|sum|bucket|errors|requests)$')),
judged as (
    select name, count(*) filter (where value < before) as resets, count(*) filter (where value > before) as rises,
        min(time) filter (where value < before) as first_time,
        arg_min(before, time) filter (where value < before) as before,
        arg_min(value, time) filter (where value < before) as after
    from steps group by name)
select name, resets, first_time, before, after from judged
where resets > 0 and rises >= 4 * resets order by first_time, name;
