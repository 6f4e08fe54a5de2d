-- The last time that the logs tell which tell of logins.
select max(time) from log_events where not repeated and path in (select path from logins) and time <= $end;
