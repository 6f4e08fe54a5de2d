-- One row per event whose message may mean something: those in the table; of large logs the others are lent one by one.
create or replace temp view telling_events as
select path, line, time, level, source, message, body, times from log_events where not repeated and message is not null;
