-- One row: what the lines of the chunk were, which samples had no number or no time, and the last time between scrapes.
select count(*) filter (where kind = 'sample') as accepted, count(*) filter (where kind = 'blank') as blank,
    count(*) filter (where kind = 'separator') as separator, count(*) filter (where kind in ('nul', 'unread')) as quarantined,
    count(*) filter (where kind = 'sample' and own = '' and carried is null) as undated,
    count(*) filter (where kind = 'sample' and own = '' and carried is not null) as dated_between,
    arg_max(carried, line) as carried, min(line) filter (where kind in ('nul', 'unread')) as first_bad
from exposed;
