-- One row per line that could not be read, with the reason.
insert into quarantine
select $path, line, "offset", length,
    case when begins = 'nul' then 'holds NUL bytes, as a file does where it was truncated or the disk was full'
         else 'no line of the format fits' end,
    left(message, 200)
from reading where begins in ('nul', 'unread');
