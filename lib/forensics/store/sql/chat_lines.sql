-- One row per heading of a copied chat, and per line that names a day or the channel: its hour, who said it, and what stands below.
select line, own_clock, source, message, body from log_events where path = $path order by line;
