-- One sample of the pool's use, in percent, per log event that tells it.
insert into single_samples (path, line, position, name, labels, series, time, value, unit)
select path, line, null, 'db.pool.usage', null, 'told by failing queries', time,
    100.0 * cast(parts.active as double) / nullif(cast(parts.total as double), 0), 'percent'
from (select path, line, time, regexp_extract(message, $pattern, $groups) as parts
      from telling_events
      where time is not null and regexp_matches(coalesce(source, ''), $source)
        and regexp_matches(message, $pattern));
