-- One row per pattern of $templates: its text with each word that is the same in all messages from $begin to $end put back. A word
-- ends at a space outside quotes. Patterns whose messages do not all have as many words as the pattern are left out.
with messages as (
    select distinct template, message
    from log_events join line_patterns using (path, line)
    where not repeated and template in (select unnest($templates))
        and coalesce(time, "before") >= $begin and coalesce(time, "after") <= $end),
split as (
    select template, message,
        list_filter(regexp_extract_all(message, '(?:"[^"]*"|''[^'']*'')?(?:[:=(\[](?:"[^"]*"|''[^'']*'')|\S)*'), lambda word: word <> '') as said,
        list_filter(regexp_extract_all(template, '(?:"[^"]*"|''[^'']*'')?(?:[:=(\[](?:"[^"]*"|''[^'']*'')|\S)*'), lambda word: word <> '') as words
    from messages),
even as (select template from split group by template having bool_and(len(said) = len(words))),
placed as (
    select template, unnest(range(1, len(words) + 1)) as position, unnest(said) as said, unnest(words) as word
    from split join even using (template)),
settled as (
    select template, position, case when count(distinct said) = 1 then min(said) else min(word) end as word
    from placed group by template, position)
select template, string_agg(word, ' ' order by position) as said from settled group by template order by template;
