-- The measured signals and their points. A bucket stands at its start and lasts until `until`; a sample has no `until`.
create or replace table signals (
    id text primary key, signal text, title text, unit text, definition text, path text, vantage text, kind text,
    gap_s double, told boolean, judged boolean, of_requests boolean
);
create or replace table points (id text, time timestamp, until timestamp, value double, weight double);

-- Points that may also have been as late as `latest`.
create or replace table loose_points (id text, time timestamp, latest timestamp);

-- Samples; those that have no time, but stand in an event that lies between two, have the first of these, and `latest`, the other.
create or replace temp view bounded_samples as
select path, line, name, series, time, value, unit, null::timestamp as latest from samples where time is not null
union all
select s.path, s.line, s.name, s.series, e."after", s.value, s.unit, e."before"
from samples s join log_events e on e.path = s.path and s.line between e.line and e.last_line
where s.time is null and s.clock_s is null and e.time is null and e."after" is not null and e."before" is not null;
