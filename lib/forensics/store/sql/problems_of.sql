-- One row per problem of one file of the evidence: what it is, where it was seen, and how to collect the file properly.
select path, code, line, message, remedy, leaves_open from problems where path = $path order by line nulls first, code, message;
