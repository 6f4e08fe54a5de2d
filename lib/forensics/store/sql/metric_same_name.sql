-- One row per series of one name of a file: its labels.
select distinct series from metric_series where path = $path and name = $name order by series;
