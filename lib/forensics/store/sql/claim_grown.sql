-- One row per length of time that single queries for how much something grew ask about: the file, and the length in seconds.
select distinct path, epoch(within) from grown_within order by all;
