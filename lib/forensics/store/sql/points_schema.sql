-- The measured signals and their points. A bucket stands at its start and lasts until `until`; a sample has no `until`.
create or replace table signals (
    id text primary key, signal text, title text, unit text, definition text, path text, vantage text, kind text,
    gap_s double, told boolean
);
create or replace table points (id text, time timestamp, until timestamp, value double, weight double);
