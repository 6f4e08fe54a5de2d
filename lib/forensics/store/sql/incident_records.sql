-- One row per incident record, oldest first.
select path, position, id, title, description, status, severity, services, started, ended, created_by,
    coalesce(automatic, false) as automatic, resolution
from incident_records order by started nulls last, position;
