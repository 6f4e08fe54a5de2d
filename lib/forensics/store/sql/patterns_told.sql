-- One row per pattern that a list of log patterns counts: its file, its place, its text, whose it is, and how often.
select s.path, s.position as number, json_extract_string(s.labels, '$.signature') as signature,
    json_extract_string(s.labels, '$.service') as service, s.value::bigint as counted
from samples s where s.name = 'pattern.count' and s.value > 0 order by s.path, s.position limit $most;
