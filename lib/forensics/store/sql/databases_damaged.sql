-- One row per database whose own check of its integrity found damage: what it said, and when it was taken.
select path, integrity, taken from database_states where integrity is not null and lower(integrity) <> 'ok' order by path;
