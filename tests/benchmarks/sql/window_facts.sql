-- One row: how many dated events of a log a store holds between $start and $end.
select count(*) as inside from log_lines where time between $start::timestamp and $end::timestamp;
