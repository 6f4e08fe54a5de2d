-- One row per run of lines of numbers, with the last line above it that is not blank.
select r.run, any_value(len(r.numbers)) as width,
    (select arg_max(s.text, s.line) from spoken s where s.line < min(r.line) and s.line >= min(r.line) - 3 and trim(s.text) <> '') as header
from run_rows r group by r.run order by r.run;
