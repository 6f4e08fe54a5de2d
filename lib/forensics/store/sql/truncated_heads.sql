-- One row per log whose very first line holds NUL bytes: its place, and how long it is.
select path, line, length from quarantine
where line = 1 and contains(reason, 'NUL') and path in (from (select path from log_events)) order by path;
