-- Give the samples of captures that were saved one below the other, each under a line with its time, the time above them: where the
-- first line is dated, no series stands twice under one time, and some stand under several. Not those of terminals, on which
-- commands came any time after the one that is shown.
with heads as (
    select path, line, time, min(line) over (partition by path) as first,
        min(line) filter (where time is not null) over (partition by path) as told
    from log_events where path in (from (select unnest($captures)))
        and path not in (select path from log_events where source in ('shell', 'script'))),
dated as (select path, line, time from heads where told = first and time is not null),
placed as (
    select s.path, s.line, s.position, s.name, s.series, d.line as head, d.time
    from single_samples s asof join dated d on d.path = s.path and d.line <= s.line
    where s.time is null and s.clock_s is null),
fitting as (
    select path from (
        select path, name, series, count(*) as samples, count(distinct head) as heads from placed group by path, name, series)
    group by path having bool_and(samples = heads) and max(heads) > 1)
update single_samples set time = p.time from placed p
where p.path in (from fitting) and single_samples.path = p.path and single_samples.line = p.line and single_samples.position = p.position
    and single_samples.time is null and single_samples.clock_s is null;
