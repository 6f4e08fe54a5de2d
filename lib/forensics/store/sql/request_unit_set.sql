-- Read the numbers of one log, so far taken for microseconds, as what is $worth as many, or, where that is null, as no durations.
update requests set
    duration_ms = duration_ms * $worth,
    time = coalesce(started + to_microseconds(cast(1000 * duration_ms * $worth as bigint)), started),
    started = case when $worth is not null then started end
where path = $path and started is not null;
