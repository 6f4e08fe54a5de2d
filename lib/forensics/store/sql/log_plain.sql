-- The lines that need no format: blank ones, grep's separators, and those that hold NULs.
insert into reading
select line, "offset", length,
    case when nul then 'nul' when text = '--' then 'separator' else 'blank' end,
    null, null, null, text
from pending
where nul or text = '--' or regexp_full_match(text, '\s*');
