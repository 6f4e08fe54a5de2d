-- One call per cell of a matrix that is not 0: the row calls the column.
insert into calls (path, line, caller, callee, weight)
select $path, c.line, trim(r.caller), $names[c.position + 1], cell_number(c.text)
from cells c join callers r using (line) where cell_number(c.text) <> 0;
