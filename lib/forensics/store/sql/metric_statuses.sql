-- One row per file and status of requests, in tables and access logs, that neither the registry nor a well-known server knows,
-- with the first line; and per file with durations below 0.
with told as (
    select path, line, status from requests where $path is null or path = $path
    union all
    select path, line, try_cast(coalesce(nullif(regexp_extract(message, '\] "(?:[^"\\]|\\.)*" (\d{1,3})(?: |$)', 1), ''),
        regexp_extract(message, '"(?:status|status_code|response_code|DownstreamStatus|EdgeResponseStatus)" ?: ?"?(\d{1,3})\b', 1)) as integer)
    from log_events where source = 'access' and ($path is null or path = $path)
        and (path, line) not in (select (path, line) from requests))
select path, case when status = 0 then 'the status 0: no answer was seen' else 'the status ' || status || ', which no standard knows' end as what,
    count(*) as requests, min(line) as line from told
where status is not null
    and status not in (100, 101, 102, 103, 104, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420, 421, 422, 423, 424, 425, 426,
    428, 429, 431, 440, 444, 449, 450, 451, 460, 463, 464, 494, 495, 496, 497, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509,
    510, 511, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529, 530, 561, 598, 599)
group by path, status
union all select path, 'a duration below 0', count(*), min(line) from requests
where ($path is null or path = $path) and duration_ms < 0 group by path
order by path, requests desc, what;
