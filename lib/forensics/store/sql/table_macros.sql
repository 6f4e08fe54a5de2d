-- How the texts of a table's cells are read: as numbers, and as times. What cannot be read is null, never another value.

-- Whole numbers from 2 to the 53rd on have no exact double: they are missing, not other numbers.
create or replace temp macro cell_number(cell) as case
    when try_cast(cell as double) is null or not isfinite(try_cast(cell as double)) or contains(cell, '_') then null
    when abs(try_cast(cell as double)) >= 9007199254740992 and not regexp_matches(cell, '[.eE]') then null
    else try_cast(cell as double) end;

create or replace temp macro epoch_time(cell) as case
    when try_cast(trim(cell) as double) >= 1e18 and try_cast(trim(cell) as double) < 1e20
        then make_timestamp(cast(try_cast(trim(cell) as hugeint) // 1000 as bigint))
    when cell_number(cell) is null or cell_number(cell) < 1e8 or cell_number(cell) >= 1e18 then null
    when cell_number(cell) < 1e11 then make_timestamp(cast(round(cell_number(cell) * 1e6) as bigint))
    when cell_number(cell) < 1e14 then make_timestamp(cast(round(cell_number(cell) * 1e3) as bigint))
    when cell_number(cell) < 1e17 then make_timestamp(cast(round(cell_number(cell)) as bigint)) end;

-- Go prints a second zone and its own monotonic clock after the offset: `+0000 UTC m=+0.79`. Other letters name no zone.
create or replace temp macro zoned_time(cell) as case
    when ends_with(cell, 'Z') then try_cast(replace(cell, ',', '.') as timestamp)
    else cast(try_cast(regexp_replace(regexp_replace(regexp_replace(
    regexp_extract(replace(trim(cell), ',', '.'),
        '^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d))(?: [A-Z]{2,5})?(?: m=[+-][\d.]+)?$', 1),
    ' ?(UTC|GMT|Z)$', '+00:00'), ' ?([+-]\d\d):?(\d\d)?$', '\1:\2'), ':$', ':00') as timestamptz) as timestamp) end;

-- A stamp that strptime reads has single blanks, and fractions of at most six digits behind a full stop.
create or replace temp macro plain_stamp(cell, dropped) as regexp_replace(regexp_replace(
    regexp_replace(trim(cell), dropped, ''), '\s+', ' ', 'g'), '(:\d\d)[.,:](\d{1,6})\d*', '\1.\2');
