-- One row per source of the events that may mean something, in no order, and no more than $most of them; nothing where one has none.
select distinct coalesce(source, '') from telling_events limit $most;
