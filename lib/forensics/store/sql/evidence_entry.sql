-- One row: what was found in one file of the evidence.
select status, bytes, records, physical, accepted, continued, blank, separator, quarantined, first_time, last_time
from evidence where path = $path;
