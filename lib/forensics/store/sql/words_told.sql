-- One row per word: how many log events told it in the stretch, and how many before it; compared in small letters, every mark a space.
with said as (
    select time >= $start as during, ' ' || regexp_replace(lower(message), '[^a-z0-9]+', ' ', 'g') || ' ' as text
    from log_events where not repeated and time is not null and time <= $end),
words as (select unnest($words) as word)
select word, count(*) filter (where during) as during, count(*) filter (where not during) as before
from words join said on contains(text, ' ' || word || ' ') group by word order by word;
