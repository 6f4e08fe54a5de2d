-- One row: what was noted under a name while the evidence was read.
select value from facts where name = $name;
