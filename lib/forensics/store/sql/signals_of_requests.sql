-- One row per signal that is measured of requests: its id.
select id from signals where of_requests and name = '' order by id;
