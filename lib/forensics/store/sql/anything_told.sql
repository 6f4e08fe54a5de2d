-- Whether any event may mean something that $pattern fits, in its message or with the lines below it.
select exists (
    select 1 from telling_events
    where regexp_matches(message, $pattern)
        or (body is not null and regexp_matches(concat_ws(chr(10), message, left(body, 4000)), $pattern)));
