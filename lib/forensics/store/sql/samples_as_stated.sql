-- Where no sample stands elsewhere than at the time that it states, the samples of sql/points_schema.sql are those that are: a view
-- with less in it, and so much sooner asked.
create or replace view bounded_samples as
select path, line, position, name, series, time, value, unit, null::timestamp as latest, null::timestamp as until, time as place from samples;
