-- One row per row of the lent table: its time or its place on the source's own clock, and its labels as parts of JSON.
with read as (
    select *, row_number() over () as nth,
        case $read
            when 'epoch' then epoch_time(stamp)
            when 'zoned' then zoned_time(stamp)
            when 'local' then try_cast(replace(trim(stamp), ',', '.') as timestamp)
            when 'strptime' then cast(try_strptime($prefix || plain_stamp(stamp, $dropped), $patterns) as timestamp)
        end as instant,
        list_filter(list_zip($labels, label_cells, $steady), lambda label: trim(label[2]) <> '') as labels
    from arrived)
select case when instant >= timestamp '1973-01-01' then instant end as time,
    cell_number(clock) * $worth as clock_s,
    list_transform(labels, lambda label: to_json(label[1]) || ': ' || to_json(label[2])) as entries,
    list_transform(list_filter(labels, lambda label: label[3]), lambda label: to_json(label[1]) || ': ' || to_json(label[2])) as steady
from read order by nth;
