-- One row per stretch in which a file is silent: from when to when, and whether that is between two runs of what it tells of.
select path, "start", "end", between_runs from holes order by path, "start";
