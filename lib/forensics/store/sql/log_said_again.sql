-- A line that says how often its message was repeated stands for so many events: of the message it quotes, or of the one
-- before it from the same program.
update log_events set times = least(cast(said.parts.times as bigint), 1000000), message = said.parts.message
from (
    select path, line, regexp_extract(message, '^message repeated (?P<times>\d{1,9}) times: \[ ?(?P<message>.*)\]$', ['times', 'message']) as parts
    from log_events where contains(message, 'message repeated ')) as said
where log_events.path = said.path and log_events.line = said.line and said.parts.times <> '';

update log_events set times = least(cast(said.times as bigint), 1000000), message = said.quoted
from (
    select path, line, regexp_extract(message, '^(?:--- )?[Ll]ast message repeated (\d{1,9}) times?', 1) as times,
        (select arg_max(e.message, e.line) from log_events e
            where e.path = o.path and e.line < o.line and not contains(e.message, 'ast message repeated ')) as quoted
    from log_events o where contains(message, 'ast message repeated ')) as said
where log_events.path = said.path and log_events.line = said.line and said.times <> '' and said.quoted is not null;
