-- The lines that no pattern fits: kept and counted.
insert into reading
select line, "offset", length, 'unread', null, null, null, text from pending;
