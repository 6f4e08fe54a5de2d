-- One row per series of samples of $path, or of every file when that is null; and the table of what is known of each, empty.
create or replace temp table metric_names as
select path, name, labels, row_number() over (order by path, name, labels) as number
from (
    select distinct path, name, labels from single_samples where $path is null or path = $path
    union select path, name, labels from sampled_series where $path is null or path = $path);

create or replace temp table metric_numbers as
select s.number as sampled, n.number from sampled_series s join metric_names n
    on n.path = s.path and n.name = s.name and n.labels is not distinct from s.labels;

create or replace temp table metric_series (
    path text, name text, series text, unit text, dated boolean, samples bigint, valued bigint, placed bigint, first double,
    last double, least double, most double, usual double, doubles bigint, contradictions bigint, backward bigint,
    forward bigint, holes bigint, longest double, hole_end double
);
