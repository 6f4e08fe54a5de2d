-- One incident record per row of a table of incidents; and one message per note that people wrote into it, below a line that says when and who.
create or replace temp macro note_head() as
    '(?m)^(\d[\d/.-]{7,9}[T ]\d\d?:\d\d(?::\d\d)?(?: ?[AP]M)?)(?: [A-Z]{2,4})? - ([^\n]{1,60}?) \((?i:work notes|additional comments|comments|arbeitsnotizen|zusätzliche kommentare)(?:[^)\n]*)\)[ \t\r]*$';

insert into incident_records (path, position, id, title, description, status, severity, services, started, ended, created_by, resolution)
select $path, line, nullif(trim(id), ''), nullif(trim(title), ''), nullif(trim(description), ''), nullif(trim(status), ''),
    nullif(trim(severity), ''), nullif(trim(services), ''), time, any_read(nullif(trim(ended), '')), nullif(trim(created_by), ''),
    nullif(trim(resolution), '')
from arrived;

insert into events (path, line, time, kind, what, who, text, weight)
with noted as (
    select line, regexp_extract_all(notes, note_head(), 1) as stamps, regexp_extract_all(notes, note_head(), 2) as writers,
        regexp_split_to_array(notes, note_head()) as texts
    from arrived where notes is not null),
parted as (
    select line, unnest(range(1, len(stamps) + 1)) as nth, stamps, writers, texts from noted),
told as (
    select line, nth, regexp_replace(stamps[nth], '([T ]\d\d?:\d\d)( ?[AP]M)?$', '\1:00\2') as stamp, writers[nth] as who,
        trim(texts[nth + 1], E' \t\r\n') as text
    from parted)
select $path, line, coalesce(cast(try_strptime(stamp, $patterns) as timestamp), any_read(stamp)), 'communication', 'note', who, text, 2
from told where text <> '' and coalesce(cast(try_strptime(stamp, $patterns) as timestamp), any_read(stamp)) is not null
order by nth desc;
