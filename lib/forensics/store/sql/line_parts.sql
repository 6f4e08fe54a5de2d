-- One row per waiting line: its number in the chunk, the bytes up to its message (0 where $pattern does not fit; not a
-- filter, which would match each line twice), its parts, and the time its stamp states (null where no such time exists).
with matched as (
    select nth, regexp_extract(case when length > $cap then left(text, $cap) else text end, $pattern, $groups) as parts
    from waiting)
select nth, cast(strlen(parts.head) as integer) as head,
    case
        when parts.time = '' then null
        when $read = 'zoned' then zoned_read(parts.time)
        when $read = 'cast' then coalesce(try_cast(parts.time as timestamp), leap_read(parts.time, $removed))
        when $read = 'lettered' then lettered_read(parts.time, $removed, $prefix, $patterns)
        when $read = 'worded' then worded_read(parts.time, $removed)
        when $read = 'lettered worded' then worded_read(parts.time, $removed)
            - coalesce(zone_ahead(trim(regexp_extract(parts.time, $removed))), interval 0 minute)
        when $read = 'worded zoned' then worded_zoned_read(parts.time, $removed)
        when $read = 'month worded' then month_worded_read(parts.time)
        when $read = 'eastern' then eastern_read(parts.time, $removed, $prefix, $patterns)
        when $read = 'epoch' then epoch_read(parts.time)
        when $read = 'seconds' then make_timestamp(cast(round(try_cast(parts.time as double) * 1e6) as bigint))
        when $read = 'milliseconds' then make_timestamp(try_cast(parts.time as bigint) * 1000)
        when $read = 'tai64n' then tai64n_read(parts.time)
        else strptime_read(parts.time, $removed, $prefix, $patterns)
    end as time,
    parts.level as level, parts.source as source, parts.message as message
from matched
