-- One row per file, name and kind of value that cannot be: shares outside of 0 to 100 % (a share of one processor may exceed
-- it, and memory that was promised all there is; "95%" names a percentile), and durations, sizes and counts below 0; a -1 only
-- says "unknown". A ratio that mostly exceeds 1 is one of two amounts, and no share.
with judged as (
    select path, name, value, case
        when (lower(unit) in ('percent', '%') or (coalesce(unit, '') = '' and regexp_matches(name, '(?i)(?:pct|percent(?:age)?|(?:^|\D)%)$')))
            and not regexp_matches(name, '(?i)cpu|change|diff|delta|growth|commit')
            and (value < 0 or value > 100) then 'percentages'
        when lower(unit) in ('ratio', 'fraction') and (value < 0 or value > 1) then 'fractions of 1'
        when value < 0 and value <> -1 and (lower(unit) in ('ms', 's', 'us', 'ns', 'seconds', 'milliseconds')
            or regexp_matches(name, '(?i)(latency|duration|elapsed|response_?time)')) then 'durations'
        when value < 0 and value <> -1 and (lower(unit) in ('bytes', 'kib', 'mib', 'gib', 'kb', 'mb', 'gb')
            or regexp_matches(name, '(?i)[_.](total|count|bucket)$')) then 'counts or sizes'
        end as kind
    from samples where ($path is null or path = $path) and value is not null)
select path, name, kind, impossible, samples, worst
from (select path, name, count(*) as samples from judged group by all)
    join (select path, name, kind, count(*) as impossible, arg_max(value, abs(value)) as worst from judged where kind is not null group by all)
    using (path, name)
where kind <> 'fractions of 1' or 2 * impossible <= samples
order by path, name, kind;
