-- One row per waiting line that is a JSON object: its number in the chunk, whether it has what this kind of object needs
-- (not a filter, which would read each object again for every need), its parts, each from the first of its places that holds something, and its time. Places are numbers in $paths; 0 is none.
-- An error that stands beside the message and is not said in it is told after it.
with objects as (
    select nth, case when $prefix = '' then text else regexp_replace(text, $prefix, '') end as text,
        case when $prefix_source > 0 then nullif(regexp_extract(text, $prefix, $prefix_source), '') end as beside
    from waiting),
picked as (
    select nth, beside, json_extract_string(text, $paths) as found from objects where starts_with(ltrim(text), '{') and json_valid(text)),
parts as (
    select nth,
        coalesce(found[$time_1], found[$time_2], found[$time_3]) as stamp, found[$finer_1] as finer,
        coalesce(found[$level_1], found[$level_2], found[$level_3]) as level,
        coalesce(found[$source_1], found[$source_2], found[$source_3], beside) as source,
        coalesce(found[$message_1], found[$message_2], found[$message_3]) as message,
        coalesce(found[$error_1], found[$error_2], found[$error_3]) as error,
        coalesce(($needs_1 = 0 or found[$needs_1] = coalesce($value_1, found[$needs_1]))
            and ($needs_2 = 0 or found[$needs_2] = coalesce($value_2, found[$needs_2]))
            and ($needs_3 = 0 or found[$needs_3] = coalesce($value_3, found[$needs_3]))
            and ($needs_4 = 0 or found[$needs_4] = coalesce($value_4, found[$needs_4])), false) as fits
    from picked)
select nth, cast(1 as integer) as head,
    any_read(stamp) + to_microseconds(coalesce(try_cast(finer as bigint), 0) // 1000) as time,
    level, source,
    case when error <> '' and not starts_with(error, '{') and not starts_with(error, '[') and not contains(message, error)
        then message || ': ' || error else message end as message, fits
from parts
