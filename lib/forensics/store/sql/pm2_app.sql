-- The app of which pm2 tells most; no row where it names none.
with told as (
    select regexp_extract(message, 'App \[([^:\]]+):\d+\]', 1) as app from log_events where source = 'PM2')
select app from told where app <> '' group by app order by count(*) desc, app limit 1;
