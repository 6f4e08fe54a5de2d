-- One row per probe that was answered as it should be, in order, and which file tells of it.
select time, path from probes where ok and time between $start and $end order by time, path, position;
