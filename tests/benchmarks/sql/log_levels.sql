-- One row per level of a store's events.
select level, count(*) as messages from log_events where level is not null group by level order by level;
