-- Move the times of one source that name no zone back by the $offset that its clock is ahead of UTC: of stamps without a date,
-- ahead of the day that stands in for theirs.
update log_events set time = coalesce(time, own_clock) - $offset where path = $path and own_clock is not null;
update log_events set "after" = "after" - $offset, "before" = "before" - $offset where path = $path and time is null;
create or replace temp view local_lines as select path, line from quiet_events join large_logs using (file) where local;
update requests set time = time - $offset, started = started - $offset
where path = $path and (line in (select line from local_lines where path = $path) or path not in (select path from large_logs));
update request_starts set time = time - $offset
where path = $path and (line in (select line from local_lines where path = $path) or path not in (select path from large_logs));
update logins set time = time - $offset
where path = $path and (line in (select line from local_lines where path = $path) or path not in (select path from large_logs));
update quiet_events set time = time - $offset where file in (select file from large_logs where path = $path and local);
update single_samples set time = time - $offset where path = $path;
update series_samples set time = time - $offset where number in (select number from sampled_series where path = $path);
update spans set time = time - $offset where path = $path;
update events set time = time - $offset where path = $path;
update changes set time = time - $offset where path = $path;
update probes set time = time - $offset where path = $path;
update incident_records set started = started - $offset, ended = ended - $offset where path = $path;
