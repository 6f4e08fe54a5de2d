-- One row: the first external request after $time that was answered well and within $slow seconds.
select path, line, time from seen_requests
where external and time > $time and not failed and coalesce(duration_ms, 0) <= $slow * 1000
order by time, path, line limit 1;
