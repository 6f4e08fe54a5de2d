-- One row per log beside a list of patterns with counts: of how many patterns it holds lines, how many lines these were by the
-- list, and how many the log holds. A pattern is lent as `told_patterns`: its file, a pattern that its lines fit, whose, how many.
with held as (
    select p.path, p.number, p.counted, l.path as log, count(*) as lines
    from told_patterns p join log_events l
        on (p.service = '' or l.source = p.service) and regexp_matches(l.message, p.pattern) and not coalesce(l.repeated, false)
    group by all)
select path, log, count(*) as patterns, sum(counted)::bigint as counted, sum(lines)::bigint as lines
from held group by path, log order by path, log;
