-- One row per file that states that stored data is damaged: how often, and the first of these statements.
select path, count(*) as times, arg_min(text, line) as text, min(line) as line
from events where what = 'data damaged' group by path order by path;
