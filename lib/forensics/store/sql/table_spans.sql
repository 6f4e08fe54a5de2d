-- One span per row of a table of spans. Where begin and end are stated, they say how long it took; a parent of zeros is none.
insert into spans (path, line, position, trace, span, parent, service, name, time, duration_ms, status)
with read as (
    select *, coalesce(epoch_read(begun), zoned_time(begun)) as begin_time, coalesce(epoch_read(ended), zoned_time(ended)) as end_time
    from arrived)
select $path, line, null, nullif(trim(trace), ''), nullif(trim(span), ''),
    case when regexp_full_match(lower(trim(parent)), '0*|root|null|none|nil|-|nan') then null else trim(parent) end,
    nullif(trim(service), ''), nullif(trim(name), ''), coalesce(begin_time, time),
    case when end_time >= begin_time then epoch_us(end_time - begin_time) / 1000 else cell_number(duration) * $worth end,
    nullif(trim(status), '')
from read;
