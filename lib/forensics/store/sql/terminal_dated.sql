-- Let a line of commands of a terminal in which `date` is one, as in `df -h; date`, and what it printed, stand at the time that this
-- printed: all was run at once. Not where the line repeats, or waits between; who waits first does all then.
create or replace temp table dated_lines as
with given as (
    select path, line, regexp_replace(message, '^(?:sleep +\S+ *(?:;|&&) *)+', '') as message, lead(line, 1, 2147483647) over (partition by path order by line) as until
    from log_events where path in (from (select unnest($terminals))) and source = 'shell'),
dating as (
    from given where regexp_matches(message, '(?:^|[;&|(] *)date(?: +(?:-u|-R|--utc|-I[a-z]*|--iso-8601\S*|[''"]?\+[^;&|]*))* *(?:$|[;&|)])')
        and not regexp_matches(message, '\b(?:sleep|watch|while|until|for|wait|tail -\S*[fF])\b'))
select d.path, d.line, d.until, any_value(c.time order by c.line) as time
from dating d join log_events c on c.path = d.path and c.source = 'clock' and c.line > d.line and c.line < d.until and c.time is not null
group by all having count(*) = 1;
update log_events set time = d.time, "after" = null, "before" = null
from dated_lines d where log_events.path = d.path and log_events.line = d.line and log_events.time is null;
update single_samples set time = d.time
from dated_lines d where single_samples.path = d.path and single_samples.line > d.line and single_samples.line < d.until
    and single_samples.time is null and single_samples.clock_s is null;
