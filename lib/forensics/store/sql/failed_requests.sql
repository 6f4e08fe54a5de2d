-- One row: how many external requests of a stretch failed, and when the first and the last of these completed.
select count(*), min(time), max(time) from seen_requests where external and failed and time between $start and $end;
