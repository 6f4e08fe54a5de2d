-- One row: where the lines of this text went, and the times they cover.
select count(*) as physical,
    count(*) filter (where begins in ('event', 'undated')) as accepted,
    count(*) filter (where begins = 'nothing') as continued,
    count(*) filter (where begins = 'blank') as blank,
    count(*) filter (where begins = 'separator') as separator,
    count(*) filter (where begins in ('nul', 'unread')) as quarantined,
    min(time) filter (where begins = 'event') as first_time,
    max(time) filter (where begins = 'event') as last_time
from reading;
