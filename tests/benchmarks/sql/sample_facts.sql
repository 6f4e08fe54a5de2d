-- One row: what a store holds of samples.
select count(*) as samples, count(distinct labels) as series, min(time) as first, max(time) as last,
    round(sum(value), 4) as "sum"
from samples;
