-- One row per terminal: how many numbers its commands printed that have neither a time nor a clock of their own.
select path, count(*) from single_samples
where path in (from (select unnest($terminals))) and time is null and clock_s is null group by path;
