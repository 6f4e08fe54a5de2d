-- One row: the last external request of the stretch that failed or took longer than $slow seconds.
select path, line, time from seen_requests
where external and time >= $start and time <= $end and (failed or duration_ms > $slow * 1000)
order by time desc, path, line desc limit 1;
