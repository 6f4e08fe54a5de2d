-- One row per event of this kind that no account of people tells by $until: when it was, and where it stands.
select path, line, position, time, text from events
where what = $what and (time is null or time <= $until) and not list_contains($accounts, path) order by time, path, line, position;
