-- One row per line of the lent chunk that no rule has taken yet, without its line end and cut at $cap characters.
create or replace temp table pending as
select line, "offset", length, nul, rtrim(left(text, $cap), chr(13) || chr(10)) as text
from chunk;
