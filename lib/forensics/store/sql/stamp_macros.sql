-- How time stamps are read (evidence/stamps.toml): each macro gives the time in UTC, as far as the stamp says it, and null
-- for one that does not exist. A leap second is the second after; 24:00 is the next day's midnight.

create or replace temp macro leap_read(stamp, removed) as
    try_cast(regexp_replace(replace(regexp_replace(stamp, removed, ''), ',', '.'), '(:\d\d):60', '\1:59') as timestamp)
        + case when contains(stamp, ':60') then interval 1 second else interval 0 second end;

create or replace temp macro zoned_read(stamp) as case when ends_with(stamp, 'Z')
    then coalesce(try_cast(stamp as timestamp), leap_read(stamp, '$^'))
    else cast(coalesce(try_cast(stamp as timestamptz),
        try_cast(regexp_replace(replace(stamp, ',', '.'), ' ?([+-]\d\d):?(\d\d)$', '\1:\2') as timestamptz)) as timestamp) end;

create or replace temp macro epoch_read(stamp) as case
    when try_cast(stamp as double) < 1e8 then null
    when try_cast(stamp as double) < 1e11 then make_timestamp(cast(round(try_cast(stamp as double) * 1e6) as bigint))
    when try_cast(stamp as double) < 1e14 then make_timestamp(cast(round(try_cast(stamp as double) * 1e3) as bigint))
    when try_cast(stamp as double) < 1e17 then make_timestamp(cast(try_cast(stamp as double) as bigint))
    when try_cast(stamp as double) < 1e20 then make_timestamp(cast(try_cast(stamp as hugeint) // 1000 as bigint)) end;

-- daemontools' labels count TAI seconds, ten ahead of the epoch, and nanoseconds, both in hexadecimal digits.
create or replace temp macro tai64n_read(stamp) as make_timestamp((try_cast('0x' || substr(stamp, 3, 15) as bigint) - 10)
    * 1000000 + try_cast('0x' || right(stamp, 8) as bigint) // 1000);

create or replace temp macro strptime_read(stamp, removed, prefix, patterns) as cast(try_strptime(prefix || regexp_replace(
    regexp_replace(regexp_replace(stamp, removed, ''), '\s+', ' ', 'g'), '(:\d\d)[.,](\d{1,6})\d*', '\1.\2'), patterns) as timestamp);

create or replace temp macro any_read(stamp) as case
    when regexp_full_match(stamp, '\d+(\.\d+)?([eE]\+?\d+)?') then epoch_read(stamp)
    when regexp_matches(stamp, '(Z|[+-]\d\d:?\d\d)$') and regexp_matches(stamp, '^\d{4}-') then zoned_read(stamp)
    when regexp_matches(stamp, '^\d{4}-') then coalesce(try_cast(stamp as timestamp), leap_read(stamp, ' ?\b[A-Z]{3,5}$'))
    when regexp_matches(stamp, '^\d{4}/') then strptime_read(stamp, '$^', '', ['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M:%S.%f'])
    when regexp_matches(stamp, '^\d\d/[A-Z]') then strptime_read(stamp, '$^', '', ['%d/%b/%Y:%H:%M:%S %z'])
    else strptime_read(stamp, ' ?\b[A-Z]{3,5}\b', '', ['%a %b %d %H:%M:%S %Y', '%a, %d %b %Y %H:%M:%S', '%a, %d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M:%S']) end;
