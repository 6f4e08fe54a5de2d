-- One row per file and reason for which lines could not be read: how many they are, where the first stands, and how it looks.
select path, reason, count(*) as lines, min(line) as first_line, arg_min("offset", line) as "offset",
    arg_min(length, line) as length, arg_min(shown, line) as shown
from quarantine group by path, reason order by path, lines desc, reason;
