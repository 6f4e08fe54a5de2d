-- One row per further column that tells of writing: the last time in it. What lies ahead of the writing in every row tells of the
-- future, as the end of a session does, unless it is called or looks like later changes: none after the $newest row of the
-- database, seldom equally far ahead, and seldom on a whole minute, as what people plan is.
with cells as (
    select time as written, unnest(range(1, len($at) + 1)) as place,
        written_time(unnest(json_extract_string("values", $at))) as time
    from database_rows where path = $path and "table" = $table),
ahead as (
    select *, epoch(time - written) as ahead, date_trunc('minute', time) <> time as odd from cells where time is not null)
select place, max(time) as last from ahead group by place
having min(ahead) <= 1
    or (max(time) <= $newest and (regexp_matches($at[place], '(?i)(?:updated|modified|changed|edited|touched)[\w ]*$')
        or count(distinct round(ahead / 60)) > count(*) / 2 and avg(odd::integer) >= 0.9))
order by place;
