-- One sample per number of the runs whose columns the lent names name. Where -1 is the only negative number of a column, it
-- says that nothing was known: the sample has no value.
insert into single_samples (path, line, position, name, labels, series, time, value, unit, clock_s)
with cells as (
    select r.run, r.line, r.stamp, unnest(r.numbers) as number, unnest(range(1, len(r.numbers) + 1)) as place, r.numbers from run_rows r),
judged as (
    select *, min(number) over column_of = -1 and count(distinct number) filter (where number < 0) over column_of = 1 as unknown
    from cells window column_of as (partition by run, place))
select $path, line, j.place, name, null, null, stamp, case when not (unknown and number = -1) then number end, unit,
    case when clock > 0 then numbers[clock] * worth end
from judged j join names n on n.run = j.run and n.place = j.place
where j.place <> n.clock;
