-- Name the service of the changes that a command listed, in the lines from $first to $last, which do not name it.
update changes set service = $service, summary = $service || ' ' || summary
where path = $path and line between $first and $last and service is null;
