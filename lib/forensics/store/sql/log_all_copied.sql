-- One row per log file all of whose dated events stand in fuller files: an extract without separators.
select path from log_events where time is not null group by path having bool_and(repeated) order by path;
