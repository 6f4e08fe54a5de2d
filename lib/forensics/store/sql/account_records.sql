-- One row per record of an incident that a person opened, with the words of it that state something.
select path, position, started, title, description, resolution, created_by from incident_records
where not automatic order by path, position;
