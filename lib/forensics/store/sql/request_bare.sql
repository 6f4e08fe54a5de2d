-- One row per source with requests that end with a number without a name, as this pattern finds it.
select distinct path from requests join log_events using (path, line)
where started is not null and source = 'access' and regexp_matches(message, $pattern) order by path;
