-- Take from the messages of one text the line ends that its records hold.
update log_events set message = rtrim(message, chr(13) || chr(10)) where path = $path and ends_with(message, chr(10));
