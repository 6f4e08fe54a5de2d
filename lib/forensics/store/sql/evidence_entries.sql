-- One row per file of the evidence that is one of these: what was found in it.
select path, status, bytes, records, physical, accepted, continued, blank, separator, quarantined, first_time, last_time
from evidence where list_contains($paths, path) order by path;
