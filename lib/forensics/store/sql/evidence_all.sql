-- One row per file of the evidence.
from evidence order by path;
