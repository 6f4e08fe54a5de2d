-- One row per quiet event of a large log that says that it dropped messages.
insert into dropped_notices select path, line, message from quiet_text where regexp_matches(message, $any);
