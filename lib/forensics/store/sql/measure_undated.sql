-- One row per capture whose samples have neither a time nor a clock of their own.
select s.path from samples s join log_events e on e.path = s.path and e.line = s.line
group by s.path having count(s.time) = 0 and count(s.clock_s) = 0 order by s.path;
