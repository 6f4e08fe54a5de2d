-- One row per run of three or more lines that hold nothing but as many numbers each: where, how many, and the line above it.
create or replace temp table run_rows as
with told as (
    select line, text, stamp, case when regexp_full_match(text, '[\s\d./+-]*\d[\s\d./+-]*') and not regexp_matches(text, '\d-\d|\d\.\d+\.')
        then [try_cast(cell as double) for cell in regexp_extract_all(text, '-?\d+(?:\.\d+)?')] end as numbers
    from spoken),
marked as (
    select *, len(numbers) is distinct from lag(len(numbers)) over (order by line) as begins from told),
numbered as (
    select *, sum(cast(begins as integer)) over (order by line) as run from marked)
select run, line, stamp, numbers from numbered where len(numbers) >= 2 qualify count(*) over (partition by run) >= 3;
