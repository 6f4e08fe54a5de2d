-- Place the times of a source whose own clock $began then.
update log_events set time = $began + (own_clock - timestamp '1970-01-01') where path = $path and own_clock is not null;
update single_samples set time = $began + to_microseconds(cast(round(clock_s * 1e6) as bigint))
    where path = $path and clock_s is not null;
update series_samples set time = $began + to_microseconds(cast(round(clock_s * 1e6) as bigint))
    where number in (select number from sampled_series where path = $path) and clock_s is not null;
