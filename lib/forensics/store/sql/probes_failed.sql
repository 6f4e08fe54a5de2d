-- One row per failed probe, in order.
select time, target, path, line, position from probes
where not ok and time between $start and $end order by time, target, path, line, position;
