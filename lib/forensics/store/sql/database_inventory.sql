-- One row per table of a database: how many rows, when the first and the last were written, how many a minute at most and
-- on average, and which rules its rows break.
with minutes as (
    select path, "table", date_trunc('minute', time) as minute, count(*) as rows
    from database_rows where time is not null group by path, "table", minute
),
pace as (
    select path, "table", max(rows) as most_a_minute,
        sum(rows) / (date_diff('minute', min(minute), max(minute)) + 1) as rows_a_minute
    from minutes group by path, "table"
),
broken as (
    select path, "table", string_agg(rows || ' × ' || rule, '; ' order by kind, rule) as broken_rules
    from database_violations group by path, "table"
)
select t.path, t.name as "table", json_array_length(t.columns) as columns, t.rows, t.first_time as first_write,
    t.last_time as last_write, t.time_column, p.rows_a_minute, p.most_a_minute, b.broken_rules, s.dialect, s.integrity,
    t.declared ilike 'create virtual%' as is_virtual
from database_tables t
left join database_states s on s.path = t.path
left join pace p on p.path = t.path and p."table" = t.name
left join broken b on b.path = t.path and b."table" = t.name
order by t.path, t.name;
