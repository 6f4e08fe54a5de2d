-- One row per file of the evidence that is of one of these kinds: what became of it, and how many records it holds.
select path, kind, format, status, records, first_time, last_time from evidence where list_contains($kinds, kind) order by path;
