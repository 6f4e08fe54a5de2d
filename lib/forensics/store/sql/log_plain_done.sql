-- What is still to be read after the plain lines.
create or replace temp table pending as
from pending where not (nul or text = '--' or regexp_full_match(text, '\s*'));
