-- One row per column of a table: how many of its sampled cells are filled, and as what they could be read.
with cells as (
    select position, line, trim(text) as text, cell_number(text) as number, ungrouped(trim(text)) as bare from sampled),
steps as (
    select *, number - lag(number) over (partition by position order by line) as step
    from cells where number is not null)
select c.position, count(*) as cells,
    count(*) filter (where c.text <> '') as filled,
    count(*) filter (where regexp_full_match(lower(c.text), $missing) and c.text <> '') as missing,
    count(*) filter (where c.number is not null) as numbers,
    count(*) filter (where regexp_full_match(c.text, '-?\d{1,3}(\.?\d{3})*,\d+')) as commas,
    count(*) filter (where c.bare <> c.text) as grouped,
    count(*) filter (where c.bare <> c.text and cell_number(c.bare) is not null) as grouped_numbers,
    count(*) filter (where regexp_matches(c.text, ',\d{3}[,.]\d') and c.bare <> c.text) as surely_grouped,
    count(*) filter (where (contains(c.text, ',') and c.bare = c.text) or abs(c.number) >= 1000) as ungroupable,
    count(*) filter (where regexp_full_match(c.bare, '[+-]?\d+(\.\d+)?\s?(%|[a-zA-Zµμ]{1,12})')) as united,
    count(*) filter (where regexp_full_match(c.text, '[+-]?(\d{1,3}(\.\d{3})*|\d+)(,\d+)?\s?(%|#|[a-zA-Zµμ]{1,12})')) as comma_united,
    coalesce(list_sort(list(distinct regexp_extract(c.text, '\d\s?(%|#|[a-zA-Zµμ]{1,12})$', 1)) filter (where c.number is null)), []) as comma_suffixes,
    coalesce(list_sort(list(distinct regexp_extract(c.bare, '^[+-]?\d+(?:\.\d+)?\s?(%|[a-zA-Zµμ]{1,12})$', 1))
        filter (where c.number is null and cell_number(c.bare) is null)), []) as suffixes,
    count(*) filter (where epoch_read(c.text) is not null) as epochs,
    count(*) filter (where regexp_matches(c.text, '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d') and zoned_time(c.text) is not null
        and regexp_matches(c.text, '(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)( [A-Z]{2,5})?( m=[+-][\d.]+)?$')) as zoned,
    count(*) filter (where regexp_full_match(c.text, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?')) as locals,
    count(*) filter (where regexp_full_match(c.text, '\d{4}-\d\d-\d\d')) as dates,
    count(*) filter (where regexp_full_match(c.text, '\d\d?:\d\d(:\d\d([.,]\d+)?)?')) as hours,
    count(*) filter (where lower(c.text) in ('t', 'f', 'true', 'false', 'yes', 'no', 'on', 'off')) as truths,
    count(*) filter (where regexp_matches(c.text, '\d.*\d\D*:\d\d')) as stamps,
    count(*) filter (where regexp_matches(c.text, '\S\s+\S+\s+\S')) as worded,
    count(distinct c.text) filter (where c.text <> '') as kinds,
    coalesce(max(length(c.text)), 0) as longest,
    min(c.number) as least, max(c.number) as most,
    coalesce(any_value(s.rising), 0) as rising, coalesce(any_value(s.ones), 0) as ones, coalesce(any_value(s.falls), 0) as falls
from cells c left join (
    select position, count(*) filter (where step > 0) as rising, count(*) filter (where step = 1) as ones,
        count(*) filter (where step < 0) as falls
    from steps group by position) s using (position)
group by c.position order by c.position;
