-- One row: what a database's sessions show of one process that was open in a transaction: when that began, its state and its
-- program, and where the first capture that shows it stands.
with told as (
    select path, line, "values", list_filter(list_transform(['pid', 'PID', 'process_id'], lambda one: json_extract_string("values", one)), lambda one: one is not null)[1] as pid,
        cast(try_cast(json_extract_string("values", 'xact_start') as timestamptz) at time zone 'UTC' as timestamp) as opened,
        json_extract_string("values", 'state') as state, json_extract_string("values", 'application_name') as program
    from table_rows)
select path, line, opened, state, program from told where pid = $pid and opened is not null and opened <= $before
order by path, line limit 1;
