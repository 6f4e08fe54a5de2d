-- One row per capture whose samples have neither a time nor a clock of their own; not of terminals, on which more than one moment stands.
select s.path from samples s join log_events e on e.path = s.path and e.line = s.line
where s.path not in (select path from log_events where source = 'shell')
group by s.path having count(s.time) = 0 and count(s.clock_s) = 0 order by s.path;
