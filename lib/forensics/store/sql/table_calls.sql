-- One call per row of a list of who calls whom.
insert into calls (path, line, caller, callee, weight)
select $path, line, trim(caller), trim(callee), cell_number(weight) from arrived where trim(caller) <> '' and trim(callee) <> '';
