-- What messages mean has been asked of the events in the table.
drop view if exists temp.telling_events;
