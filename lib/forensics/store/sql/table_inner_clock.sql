-- One row: how many rows begin their message with a time of day, and by how many seconds it stands ahead of the row's time.
select count(*) filter (where hour is not null and time is not null) as stamped,
    median((epoch(hour) - epoch(cast(time as time)) + 129600) % 86400 - 43200) as ahead
from arrived;
