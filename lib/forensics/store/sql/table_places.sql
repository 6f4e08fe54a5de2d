-- One row per row of the lent table, in its order: its time, or its place on the source's own clock.
with read as (
    select clock, case $read
        when 'epoch' then epoch_read(stamp)
        when 'zoned' then zoned_time(stamp)
        when 'days' then make_timestamp(cast(round((cell_number(replace(stamp, ',', '.')) - 25569) * 86400) as bigint) * 1000000)
        when 'local' then leap_read(trim(stamp), '$^')
        when 'strptime' then strptime_read(regexp_replace(regexp_replace(trim(stamp), '^(\d\d?)\.(\d\d?)\.(\d{4})', '\1/\2/\3'),
            '([T ]\d\d?:\d\d)( ?[AP]M)?$', '\1:00\2'), $dropped, $prefix, $patterns)
    end as instant
    from arrived)
select case when instant >= timestamp '1973-01-01' then instant end as time, cell_number(clock) * $worth as clock_s from read;
