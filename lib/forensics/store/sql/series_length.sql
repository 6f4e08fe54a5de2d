-- How many seconds lie between the first and the last sample of the series of one name.
select epoch(max(time) - min(time)) from bounded_samples
where path = $path and name = $name and value is not null and until is null and time between $start and $end;
