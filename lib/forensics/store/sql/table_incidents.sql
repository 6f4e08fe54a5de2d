-- One incident record per row of a table of incidents.
insert into incident_records (path, position, id, title, description, status, severity, services, started, ended, created_by, resolution)
select $path, line, nullif(trim(id), ''), nullif(trim(title), ''), nullif(trim(description), ''), nullif(trim(status), ''),
    nullif(trim(severity), ''), nullif(trim(services), ''), time, any_read(nullif(trim(ended), '')), nullif(trim(created_by), ''),
    nullif(trim(resolution), '')
from arrived;
