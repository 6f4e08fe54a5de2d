-- The lines of one text, while they are being read: what each begins, and its parts.
create or replace temp table reading (
    line bigint, "offset" bigint, length bigint, begins text, time timestamp, level text, source text, message text
);
