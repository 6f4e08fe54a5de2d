-- One point per time at which both a part and its whole were measured: the part in percent of the whole. With $plus the whole
-- is the part and all of $wholes together; with $rest the point is what is left; with $summed all series of a file are added up
-- first, and a part that is not there counts as none. A share above everything is no sample.
insert into points
with parts as (
    select time, sum(value) * $size as value, max(until) as until from bounded_samples
    where path = $path and name = $name and ($summed or coalesce(series, '{}') = $series)
        and time between $start and $end and value is not null
    group by time),
wholes as (
    select time, sum(value) * $whole_size as value from bounded_samples
    where path = $whole_path and name in (from (select unnest($wholes))) and ($summed or coalesce(series, '{}') = $whole_series)
        and time between $start and $end and value is not null
    group by time),
both_known as (
    select w.time, p.until, coalesce(p.value, case when $summed then 0 end) as part, w.value + case when $plus then coalesce(p.value, 0) else 0 end as whole
    from wholes w left join parts p using (time))
select $id, time, until, case when $rest then 100 - 100 * part / whole else 100 * part / whole end, 1
from both_known where whole > 0 and part between 0 and whole;
insert into loose_points select id, time, time, until, null from points where id = $id and until is not null;
