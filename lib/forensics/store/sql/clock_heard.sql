-- Make room for the texts of quiet events of large logs that were read once more, to compare clocks by them.
create or replace temp table heard_events (path text, line bigint, time timestamp, own_clock timestamp, source text, message text);
