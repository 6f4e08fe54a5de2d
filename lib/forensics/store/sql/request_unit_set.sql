-- Read the numbers of one log, so far taken for microseconds, as what is $worth as many, or, where that is null, as no durations; its
-- stamps are of the ends of the requests where they are $ends.
update requests set
    duration_ms = duration_ms * $worth,
    time = case when $ends then started
        else coalesce(started + to_microseconds(cast(1000 * duration_ms * $worth as bigint)), started) end,
    started = case when $worth is null then null when $ends then started - to_microseconds(cast(1000 * duration_ms * $worth as bigint))
        else started end
where path = $path and started is not null;
