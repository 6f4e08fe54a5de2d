-- What is still to be read after a pattern.
create or replace temp table pending as
from pending where not regexp_matches(text, $pattern);
