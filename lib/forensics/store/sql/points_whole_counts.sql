-- One point: the share of the requests of a whole run that failed, in percent, from the run's beginning to its end.
insert into points
select $id, begins, ends, 100.0 * $failed / $requests, 1 from whole_spans where path = $path and begins < ends;
insert into loose_points
select $id, begins, begins, ends, $line from whole_spans where path = $path and begins < ends;
