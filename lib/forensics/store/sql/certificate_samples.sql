-- One row per series that tells when a certificate runs out, and per time that it tells.
select path, name, coalesce(labels, '{}') as labels, value, min(position) as position, min(line) as line
from samples where value between 1e9 and 1e10 group by path, name, labels, value order by path, name, labels, value;
