-- Give each request what only its start or its error tells, where the same id joins their lines: what was asked for, by whom, and what
-- it failed with. A log may have been rotated between them, so that they need not stand in one file.
update requests set
    method = coalesce(requests.method, told.method), route = coalesce(requests.route, told.route),
    address = coalesce(requests.address, told.address),
    external = requests.external and not (starts_with(coalesce(told.address, ''), '127.') or coalesce(told.address, '') in ('::1', 'localhost'))
from (
    select id, min_by(method, time) as method, min_by(route, time) as route, min_by(address, time) as address
    from request_starts where id is not null group by id) told
where requests.id = told.id and requests.route is null;

update requests set error = told.error
from (select id, min_by(error, (path, line)) as error from request_errors where id is not null group by id) told
where requests.id = told.id and requests.failed and requests.error is null;
