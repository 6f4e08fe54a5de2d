-- One row per error rate that is of a whole run or of all time before a query: its value, and from where.
select s.path, s.definition, p.value, p.weight from signals s join points p using (id)
where s.signal = 'error_rate' and not s.of_requests and (s.whole or s.kind = 'sample' and p.until is not null)
order by s.path, p.value;
