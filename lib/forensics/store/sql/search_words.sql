-- One row per log that could have been searched: how many of its lines hold the word, how many say the same in others, and
-- what those say first. A line that says it in both counts for the word.
with texts as (
    select path, line, concat_ws(' ', level, source, message) as text
    from log_events where message is not null and not repeated and path in (from (select unnest($logs)))),
judged as (
    select path, line, regexp_matches(text, $word) as hit, regexp_extract(text, $others) as other from texts)
select path, count(*) as lines, count(*) filter (where hit) as hits, min(line) filter (where hit) as first_hit,
    count(*) filter (where not hit and other <> '') as others, min(line) filter (where not hit and other <> '') as first_other,
    arg_min(other, line) filter (where not hit and other <> '') as said
from judged group by path order by hits + others desc, lines desc, path;
