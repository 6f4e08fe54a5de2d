-- One row per line of exposition text that is neither a sample nor a comment, with the reason.
insert into quarantine
select $path, line, "offset", length,
    case when kind = 'nul' then 'holds NUL bytes, as a file does where it was truncated or the disk was full'
        else 'no sample: name, labels, value' end,
    left(text, 200)
from exposed where kind in ('nul', 'unread');
