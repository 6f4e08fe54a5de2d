-- Let what a document told that a command printed stand on the line of the capture on which the document begins.
update changes set line = $line, position = null where path = $path and position is not null;
update events set line = $line, position = null where path = $path and position is not null;
