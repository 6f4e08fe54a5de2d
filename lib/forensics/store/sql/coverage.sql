-- One row per file that covers a stretch of time: the stretch, how dense it is, what it lacks at both ends beside the others.
select path, kind, "start", "end", usual_s, begins_late_s, ends_early_s, apart from coverage order by "start", path;
