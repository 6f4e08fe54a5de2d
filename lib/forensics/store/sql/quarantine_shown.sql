-- One row per line that no format could read, at most $most of them.
select path, line, "offset", length, reason, shown from quarantine order by path, line limit $most;
