-- One row per error rate that is of a whole run or of all time before a query: its value, and from where.
select s.path, s.definition, p.value, p.weight from signals s join points p using (id)
where s.signal = 'error_rate' and (s.whole or s.kind = 'sample') order by s.path, p.value;
