-- One row: the last external request before $time that was answered well and within $slow seconds.
select path, line, time from seen_requests
where external and time < $time and not failed and coalesce(duration_ms, 0) <= $slow * 1000
order by time desc, path, line desc limit 1;
