-- One row: whether rows under a header that $header fits state instants: below the letters of one zone, or as seconds since 1970.
select coalesce(bool_or(zone_ahead(regexp_extract(text, '\s([A-Z]{3,5})\s*$', 1)) is not null or regexp_matches(text, '^#\s+Time\s')), false)
from spoken where regexp_matches(text, $header);
