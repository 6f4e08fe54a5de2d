-- One row per line of a COPY block that has as many cells as $names, its values as JSON; the answer is how many.
insert into database_rows (path, "table", row, "values")
with cut as (select number, string_split(line, chr(9)) as cells from copied_lines),
-- A backslash stands doubled: between such pairs, one begins an escape.
meant as (
    select number, list_transform(cells, lambda cell: case when not contains(cell, '\') or cell = '\N' then cell
        else array_to_string(list_transform(string_split(cell, '\\'), lambda part: regexp_replace(
            replace(replace(replace(replace(replace(replace(
                part, '\n', chr(10)), '\t', chr(9)), '\r', chr(13)), '\b', chr(8)), '\f', chr(12)), '\v', chr(11)),
            '\\(.)', '\1', 'g')), '\') end) as texts, cells
    from cut where len(cells) = len($names)
),
written as (
    select number, list_transform(texts, lambda cell, place: $names[place] || ': ' || case
        when cells[place] = '\N' then 'null'
        when $holds[place] = 'number' and regexp_full_match(cell, '-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?') then cell
        when $holds[place] = 'truth' and cell = 't' then 'true'
        when $holds[place] = 'truth' and cell = 'f' then 'false'
        when $holds[place] = 'bytes' and regexp_full_match(cell, '\\x([0-9a-f]{2})*')
            then '{"blob": "' || cell[3:66] || '", "bytes": ' || (len(cell) - 2) // 2 || '}'
        else to_json(cell)::varchar end) as members
    from meant
)
select $path, $table, number, '{' || array_to_string(members, ', ') || '}' from written;
