-- The rows of a table of issues: each is opened, perhaps resolved, and commented; those that are called an incident are incident records.
create or replace temp macro issue_time(cell) as coalesce(
    cast(try_strptime(cell, ['%d/%b/%y %I:%M %p', '%d/%b/%y %I:%M:%S %p', '%d/%b/%y %H:%M', '%d/%b/%Y %I:%M %p', '%d/%b/%Y %H:%M',
        '%Y-%m-%d %H:%M', '%Y/%m/%d %H:%M', '%Y/%m/%d %I:%M %p']) as timestamp), any_read(cell));

insert into incident_records (path, position, id, title, description, status, severity, services, started, ended, created_by)
select $path, line, nullif(trim(id), ''), nullif(trim(title), ''), nullif(trim(description), ''), nullif(trim(status), ''),
    nullif(trim(severity), ''), nullif(trim(services), ''), time, issue_time(nullif(trim(ended), '')), nullif(trim(created_by), '')
from arrived where regexp_matches(coalesce(type, ''), '(?i)incident|outage');

insert into events (path, line, time, kind, what, who, text, weight)
select $path, line, time, 'communication', 'issue', nullif(trim(created_by), ''),
    concat_ws(' ', nullif(trim(type), ''), id, 'opened') || coalesce(' (' || nullif(trim(severity), '') || ')', '') || ': ' || title, 2
from arrived where time is not null
union all
select $path, line, issue_time(nullif(trim(ended), '')), 'communication', 'issue', null, concat_ws(' ', nullif(trim(type), ''), id, 'resolved') || ': ' || title, 2
from arrived where issue_time(nullif(trim(ended), '')) is not null
union all
select $path, line, issue_time(said[1]), 'communication', 'comment', nullif(said[2], ''), said[3], 2
from (
    select line, regexp_extract(comment, '(?s)^\s*([^;]{8,40});([^;]*);(.*)$', ['1', '2', '3']) as parts,
        [parts['1'], parts['2'], parts['3']] as said
    from (select line, unnest(string_split(coalesce(comments, ''), chr(31))) as comment from arrived))
where said[1] <> '' and issue_time(said[1]) is not null;
