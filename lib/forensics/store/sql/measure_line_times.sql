-- Give the samples of captures that have neither a time nor a clock of their own the time of their own line; or, where the very
-- first line of a capture tells when it was taken and no other does, that.
with untimed as (select distinct path from single_samples where time is null and clock_s is null and path in (from (select unnest($captures)))),
dated as (
    select path, line, time, min(line) over whole as first, min(line) filter (where time is not null) over whole as told,
        count(time) over whole as many
    from log_events where path in (from untimed) window whole as (partition by path)),
own as (
    select s.path, s.line, coalesce(any_value(d.time) filter (where d.line = s.line),
        any_value(d.time) filter (where d.many = 1 and d.told = d.first and d.line = d.told)) as time
    from (select distinct path, line from single_samples where path in (from untimed)) s join dated d on d.path = s.path group by all)
update single_samples set time = own.time from own
where single_samples.path = own.path and single_samples.line = own.line and own.time is not null
    and single_samples.time is null and single_samples.clock_s is null;
