-- One row: how many rows a table holds, and a number made of all of them that does not depend on their order.
select count(*) as rows, coalesce(sum(hash(held)::hugeint), 0) as digest from query_table($name) held;
