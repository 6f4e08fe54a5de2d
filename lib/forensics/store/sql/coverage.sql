-- One row per file that covers a stretch of time: the stretch, how dense it is, what it lacks at both ends beside the others,
-- whether a fuller log holds most of it, and whether its zone is only assumed.
select c.path, c.kind, c."start", c."end", c.usual_s, c.begins_late_s, c.ends_early_s, c.apart, c.extract,
    coalesce(e.zone_how in ('assumed', 'unknown'), false) as doubtful
from coverage c left join evidence e using (path) order by c."start", c.path;
