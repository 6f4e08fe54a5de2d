-- One row per line of one file that no format could read, at most $most of them: its place, why, and how it looks.
select line, "offset", length, reason, shown from quarantine where path = $path order by line limit $most;
