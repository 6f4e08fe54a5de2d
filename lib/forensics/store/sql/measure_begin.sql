-- The lines of one text, while numbers are looked for in them.
create or replace temp table spoken (line bigint, text text, stamp timestamp);
