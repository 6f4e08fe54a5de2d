-- How the outputs of commands write times, sizes and durations. What can be read in two ways is null.

create or replace temp macro clear_date(a, b, year) as case
    when a = b or try_cast(b as integer) > 12 then try_cast(year || '-' || a || '-' || b as date)
    when try_cast(a as integer) > 12 then try_cast(year || '-' || b || '-' || a as date) end;

-- The day in a heading of sysstat, in its user's manner; where that has AM and PM, the month comes first, as in the United States.
create or replace temp macro machine_date(day, twelve) as case
    when regexp_matches(day, '^\d{4}-') then try_cast(day as date)
    when regexp_matches(day, '^\d\d\.\d\d\.\d{4}$') then try_cast(right(day, 4) || '-' || substr(day, 4, 2) || '-' || left(day, 2) as date)
    when twelve and regexp_matches(day, '^\d\d/\d\d/\d{4}$') then try_cast(right(day, 4) || '-' || left(day, 2) || '-' || substr(day, 4, 2) as date)
    else clear_date(left(day, 2), substr(day, 4, 2), right('20' || substr(day, 7), 4)) end;

create or replace temp macro hour_read(hour) as case when regexp_matches(hour, '[AP]M') then try_strptime(replace(hour, ' ', ''), '%I:%M:%S%p')::time
    else try_cast(replace(trim(hour), ',', '.') as time) end;

-- A line that holds nothing but a time dates what stands below it; three words of a heading around it do no harm. A prompt
-- ends that: nobody knows how long somebody thought before the next command. It reads as the end of time.
create or replace temp macro stamp_line(line) as case
    when regexp_matches(line, '^(?:\([\w.-]{1,40}\) )?(?:[\w.-]+@[\w.-]+:[^\s$#%]*|\[[\w.-]+@[\w.-]+ [^\]\s]*\])[$#%] \S') then timestamp 'infinity'
    when regexp_full_match(trim(line), '[#=-]*\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?Z| ?[+-]\d\d:?\d\d)?|1\d{9}(?:\.\d+)?|1\d{12})\s*[=-]*')
        then any_read(trim(trim(line), '#=- '))
    when regexp_full_match(trim(line), '[#=-]*\s*[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: [AP]M)? [A-Z]{3,5} \d{4}\s*[=-]*')
            and zone_ahead(regexp_extract(line, ' ([A-Z]{3,5}) \d{4}', 1)) is not null
        then any_read(trim(trim(line), '#=- '))
    when regexp_full_match(trim(line), '[#=-]*\s*[A-Z][a-z]{2} {1,2}\d\d? [A-Z][a-z]{2} (?:\d\d:\d\d:\d\d [A-Z]{3,5} \d{4}|\d{4} \d\d:\d\d:\d\d(?: [AP]M)? [A-Z]{3,5})\s*[=-]*')
            and zone_ahead(regexp_extract(line, ' ([A-Z]{3,5})(?: \d{4})?\s*[=-]*$', 1)) is not null
        then any_read(trim(trim(line), '#=- '))
    when regexp_full_match(trim(line), '[A-Za-zÀ-ž]{2,10}[.,]? {1,2}(?:\d\d?\.? [A-Za-zÀ-ž]{3,10}\.? |[A-Za-zÀ-ž]{3,10}\.? {1,2}\d\d? )(?:\d{4},? \d\d?:\d\d:\d\d(?: [AP]M)?,? [+-]\d\d(?:\d\d)?|\d\d?:\d\d:\d\d(?: [AP]M)? [+-]\d\d(?:\d\d)? \d{4})')
        then worded_zoned_read(trim(line), ' [+-]\d\d(?:\d\d)?\b')
    when regexp_full_match(trim(line), '\d\d[/.]\d\d[/.](?:\d{4}|\d\d) \d\d:\d\d:\d\d(?: [AP]M)?') then
        machine_date(split_part(trim(line), ' ', 1), regexp_matches(line, '[AP]M')) + hour_read(regexp_extract(trim(line), ' (.*)', 1)) end;

create or replace temp macro sized(cell) as cell_number(regexp_extract(cell, '^[+-]?[\d.]+')) * case
    regexp_extract(cell, '([a-zA-Z]*)$', 1)
    when '' then 1 when 'B' then 1 when 'Bytes' then 1
    when 'K' then 1024 when 'Ki' then 1024 when 'KiB' then 1024 when 'k' then 1024 when 'kB' then 1000 when 'KB' then 1000
    when 'M' then 1048576 when 'Mi' then 1048576 when 'MiB' then 1048576 when 'm' then 1048576 when 'mb' then 1048576 when 'MB' then 1000000
    when 'G' then 1073741824 when 'Gi' then 1073741824 when 'GiB' then 1073741824 when 'g' then 1073741824 when 'gb' then 1073741824 when 'GB' then 1000000000
    when 'T' then 1099511627776 when 'Ti' then 1099511627776 when 'TiB' then 1099511627776 when 't' then 1099511627776 when 'TB' then 1000000000000 end;

create or replace temp macro lasted(cell) as case when regexp_matches(cell, '^(\d+h)?(\d+m)?(\d+(\.\d+)?(ms|µs|μs|us|ns|s))?$') and cell <> '' then round(
    coalesce(try_cast(regexp_extract(cell, '(\d+)h', 1) as double), 0) * 3600000
    + coalesce(try_cast(regexp_extract(cell, '(\d+)m(?:\d|$)', 1) as double), 0) * 60000
    + coalesce(try_cast(regexp_extract(cell, '(\d+(?:\.\d+)?)(?:ms|µs|μs|us|ns|s)$', 1) as double), 0)
        * case regexp_extract(cell, '(ms|µs|μs|us|ns|s)$', 1) when 's' then 1000 when 'ms' then 1 when 'ns' then 0.000001 when '' then 0 else 0.001 end, 6) end;
