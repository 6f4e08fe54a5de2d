-- One row per log whose rows state how many items each of them stands for, where that is more than one: rows, items.
with told as (
    select path, try_cast(regexp_extract(message, '(?i)\bitem_?count=(\d+)', 1) as bigint) as items
    from log_events
    where contains(message, '=') and regexp_matches(message, '(?i)item_?count=\d')  -- found soon to be missing, and most lack it
        and regexp_matches(message, '(?i)\bitem_?count=\d'))
select path, count(*) as rows, sum(items)::bigint as items from told group by path having sum(items) > count(*) order by path;
