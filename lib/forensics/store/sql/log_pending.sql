-- One row per line of the lent chunk that no rule has taken yet, without its line end and cut at $cap characters; the
-- byte order mark before the first line belongs to its bytes, not to its text.
create or replace temp table pending as
select line, "offset", length, nul,
    rtrim(left(case when line = 1 then ltrim(text, chr(65279)) else text end, $cap), chr(13) || chr(10)) as text
from chunk;
