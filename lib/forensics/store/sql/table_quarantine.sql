-- One row per physical line of a table that could not be read, with the reason.
insert into quarantine select $path, line, "offset", length, reason, shown from refused;
