-- The measured signals and their points. A bucket stands at its start and lasts until `until`; a sample has no `until`.
create or replace table signals (
    id text primary key, signal text, title text, unit text, definition text, path text, vantage text, kind text,
    gap_s double, told boolean, judged boolean, of_requests boolean, own_clock boolean, whole boolean, held text, within_s double,
    name text, labels text
);
create or replace table points (id text, time timestamp, until timestamp, value double, weight double);

-- Points that have no time of their own: somewhere from `earliest` to `latest`, as those of a whole run. Of samples that stand
-- between two times in an order that is known, `time` is no time but their place: as many microseconds after `earliest`.
create or replace table loose_points (id text, time timestamp, earliest timestamp, latest timestamp, line bigint);

-- How many seconds a run lasted of which a summary tells it, or how many requests it made and how many a second.
create or replace table whole_lengths (path text primary key, seconds double);
insert into whole_lengths
select path, seconds from (
    select path, coalesce(max(value) filter (where list_contains($lengths, name) and unit = 's'),
        max(value) filter (where list_contains($totals, name) and coalesce(unit, '') <> '/s')
        / nullif(max(value) filter (where list_contains($rates, name) and unit = '/s'), 0)) as seconds
    from samples where time is null and clock_s is null and contains(series, '"of": "whole ') group by path)
where seconds > 0 and seconds < 31536000;

-- Clocks that only count seconds and that nothing places: each has a year of its own, far ahead, that begins with its zero. A run
-- of which only its length is known has one, too: it counts from the beginning of the run.
create or replace table own_clocks (path text primary key, number integer, zero timestamp);
insert into own_clocks
select path, number, make_timestamp($first_year + number, 1, 1, 0, 0, 0) from (
    select path, row_number() over (order by path) - 1 as number
    from (
        select path from samples where time is null and clock_s is not null
        union
        select l.path from whole_lengths l left join evidence e using (path)
        where e.first_time is null and l.path not in (select path from samples where time is not null)));

-- From when to when a run lasted of which some numbers are of the whole: by its dated lines, by its own clock, or by its length.
create or replace view whole_spans as
select path, begins, case when coalesce(last, begins) > begins then last
        else begins + to_microseconds(cast(round(seconds * 1e6) as bigint)) end as ends
from (
    select path, coalesce(e.first_time, o.zero + to_microseconds(cast(round(coalesce(c.least, 0) * 1e6) as bigint))) as begins,
        coalesce(e.last_time, o.zero + to_microseconds(cast(round(c.most * 1e6) as bigint))) as last, seconds
    from (select path, min(clock_s) as least, max(clock_s) as most from samples group by path) c
    left join own_clocks o using (path) left join evidence e using (path) left join whole_lengths using (path));

-- Answers to a query about a range of time: each is of the time `within` before it, the longest range that the query asks about.
-- `counts` where it counts how much something grew, and so tells a number of all that time.
create or replace table asked_within as
select path, series, max(within) as within, bool_or(counts) as counts, any_value(samples) as samples
from (
    select path, series, samples, counts, to_milliseconds(cast(regexp_extract(range, '\d+') as bigint) * case regexp_extract(range, '(ms|[smhdw])[\]:]$', 1)
        when 'ms' then 1 when 's' then 1000 when 'm' then 60000 when 'h' then 3600000 when 'd' then 86400000 else 604800000 end) as within
    from (
        select path, series, samples, regexp_matches(series, '\bincrease\([^\[\]]*\[\d{1,9}(?:ms|[smhd])\]') as counts,
            unnest(regexp_extract_all(series, '\[\d{1,9}(?:ms|[smhdw])[\]:]')) as range
        from (
            select path, series, count(*) as samples from (
                select path, series from single_samples where contains(series, '"query": "') and time is not null
                union all
                select path, series from sampled_series join series_samples using (number)
                where contains(series, '"query": "') and time is not null)
            group by path, series)))
group by path, series;

-- Those that count how much something grew, once each: they are of all that time.
create or replace table grown_within as select path, series, within from asked_within where counts and samples = 1;

-- Samples; those that have no time, but stand in an event that lies between two, have the first of these, and `latest`, the other; those of a whole run,
-- or of all the time within which something grew, stand at its beginning and last `until` its end. `place` puts them in order: it
-- is the time and, between two, as many microseconds more as samples of other events stand before it.
create or replace view bounded_samples as
select path, line, position, name, series, time, value, unit, null::timestamp as latest, null::timestamp as until, time as place
from samples where time is not null and path not in (from (select path from grown_within))
union all
select s.path, line, position, name, s.series, time - coalesce(within, interval 0 second), value, unit, null,
    case when within is not null then time end, time - coalesce(within, interval 0 second)
from samples s left join grown_within g on g.path = s.path and g.series = s.series
where time is not null and s.path in (from (select path from grown_within))
union all
select s.path, s.line, s.position, s.name, s.series, e."after", s.value, s.unit, e."before", null,
    e."after" + to_microseconds(dense_rank() over (partition by s.path, e."after", e."before" order by e.line))
from samples s join log_events e on e.path = s.path and s.line between e.line and e.last_line
where s.time is null and s.clock_s is null and e.time is null and e."after" is not null and e."before" is not null
union all
select path, line, position, name, series, zero + to_microseconds(cast(round(clock_s * 1e6) as bigint)), value, unit, null, null,
    zero + to_microseconds(cast(round(clock_s * 1e6) as bigint))
from samples join own_clocks using (path)
where time is null and clock_s >= 0 and clock_s < 31536000
union all
select s.path, s.line, s.position, s.name, s.series, w.begins, s.value, s.unit, null, w.ends, w.begins
from samples s join whole_spans w using (path)
where s.time is null and s.clock_s is null and contains(s.series, '"of": "whole ') and w.begins < w.ends;
