-- How the texts of a table's cells are read: as numbers, and as times with zones. What cannot be read is null, never another value.

-- Whole numbers from 2 to the 53rd on have no exact double: they are missing, not other numbers.
create or replace temp macro cell_number(cell) as case
    when try_cast(cell as double) is null or not isfinite(try_cast(cell as double)) or contains(cell, '_') then null
    when abs(try_cast(cell as double)) >= 9007199254740992 and not regexp_matches(cell, '[.eE]') then null
    else try_cast(cell as double) end;

-- Go prints a second zone and its own monotonic clock after the offset: `+0000 UTC m=+0.79`. Other letters name no zone.
create or replace temp macro zoned_time(cell) as case
    when ends_with(cell, 'Z') then zoned_read(replace(cell, ',', '.'))
    else zoned_read(regexp_replace(regexp_replace(regexp_extract(replace(trim(cell), ',', '.'),
        '^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d))(?: [A-Z]{2,5})?(?: m=[+-][\d.]+)?$', 1),
    ' ?(UTC|GMT|Z)$', 'Z'), ' ?([+-]\d\d)$', '\1:00')) end;

-- A number without the commas between its thousands, whatever stands behind it; any other text as it is.
create or replace temp macro ungrouped(cell) as case when regexp_matches(cell, '^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?([^\d,.][^,]*)?$')
    then replace(cell, ',', '') else cell end;
