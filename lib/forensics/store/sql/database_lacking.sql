-- How many rows of one table another piece of evidence holds and this state has not, by what the keys point to; when the
-- first and the last of them were written; and when the newest row of this state was. From $since on, if that is given.
with here as (
    select to_json(json_extract_string("values", $key)) as key, time, row
    from database_rows where path = $path and "table" = $table
),
there as (
    select to_json(json_extract_string("values", $other_key)) as key, time, row
    from database_rows where path = $other and "table" = $table and ($since is null or time >= $since)
),
-- Of rows that look alike, the first here stands for the first there, and so on.
here_numbered as (select key, row_number() over (partition by key order by row) as copy from here),
there_numbered as (select key, row_number() over (partition by key order by row) as copy, time from there),
lacking as (select * from there_numbered anti join here_numbered using (key, copy))
select count(*) as rows, min(time) as first, max(time) as last, (select max(time) from here) as newest from lacking;
