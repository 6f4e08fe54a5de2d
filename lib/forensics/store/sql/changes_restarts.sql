-- One row per dated restart that a record of changes tells.
select path, time from changes where kind = 'restart' and time is not null order by time, path;
