-- One row per hole in what a file covers.
select path, "start", "end" from holes order by path, "start";
