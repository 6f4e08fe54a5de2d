-- How time stamps are read (evidence/stamps.toml): each macro gives the time in UTC, as far as the stamp says it, and null
-- for one that does not exist. A leap second is the second after; 24:00 is the next day's midnight.

create or replace temp macro leap_read(stamp, removed) as
    try_cast(regexp_replace(replace(regexp_replace(stamp, removed, ''), ',', '.'), '(:\d\d):60', '\1:59') as timestamp)
        + case when contains(stamp, ':60') then interval 1 second else interval 0 second end;

create or replace temp macro zoned_read(stamp) as case when ends_with(stamp, 'Z')
    then coalesce(try_cast(stamp as timestamp), leap_read(stamp, '$^'))
    else cast(coalesce(try_cast(stamp as timestamptz),
        try_cast(regexp_replace(replace(stamp, ',', '.'), ' ?([+-]\d\d):?(\d\d)$', '\1:\2') as timestamptz)) as timestamp) end;

-- How far the letters of a zone are ahead of UTC, as stamps.toml declares it; null for all others.
create or replace temp macro zone_ahead(letters) as to_minutes(map {
    'HST': -600, 'AKST': -540, 'HDT': -540, 'AKDT': -480, 'PST': -480, 'MST': -420, 'PDT': -420, 'MDT': -360, 'EST': -300, 'EDT': -240,
    'NST': -210, 'ADT': -180, 'NDT': -150, 'UTC': 0, 'UT': 0, 'GMT': 0, 'WET': 0, 'CET': 60, 'MET': 60, 'WAT': 60, 'WEST': 60, 'CAT': 120,
    'CEST': 120, 'EET': 120, 'MEST': 120, 'SAST': 120, 'EAT': 180, 'EEST': 180, 'IDT': 180, 'MSK': 180, 'PKT': 300, 'WIB': 420, 'AWST': 480,
    'HKT': 480, 'WITA': 480, 'JST': 540, 'KST': 540, 'WIT': 540, 'ACST': 570, 'AEST': 600, 'ACDT': 630, 'AEDT': 660, 'NZST': 720,
    'NZDT': 780}[letters]);

create or replace temp macro epoch_read(stamp) as case
    when try_cast(stamp as double) < 1e8 then null
    when try_cast(stamp as double) < 1e11 then make_timestamp(cast(round(try_cast(stamp as double) * 1e6) as bigint))
    when try_cast(stamp as double) < 1e14 then make_timestamp(cast(round(try_cast(stamp as double) * 1e3) as bigint))
    when try_cast(stamp as double) < 1e17 then make_timestamp(cast(try_cast(stamp as double) as bigint))
    when try_cast(stamp as double) < 1e20 then make_timestamp(cast(try_cast(stamp as hugeint) // 1000 as bigint)) end;

-- daemontools' labels count TAI seconds, ten ahead of the epoch, and nanoseconds, both in hexadecimal digits.
create or replace temp macro tai64n_read(stamp) as make_timestamp((try_cast('0x' || substr(stamp, 3, 15) as bigint) - 10)
    * 1000000 + try_cast('0x' || right(stamp, 8) as bigint) // 1000);

create or replace temp macro strptime_read(stamp, removed, prefix, patterns) as cast(try_strptime(prefix || regexp_replace(
    regexp_replace(regexp_replace(stamp, removed, ''), '\s+', ' ', 'g'), '(:\d\d)[.,](\d{1,6})\d*', '\1.\2'), patterns) as timestamp);

-- A stamp in which forenoon and afternoon, year, month and day are said in Chinese, Japanese or Korean.
create or replace temp macro eastern_read(stamp, removed, prefix, patterns) as strptime_read(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(regexp_replace(regexp_replace(stamp, removed, ' '), '오전|午前|上午|凌晨|早上', ' AM ', 'g'), '오후|午後|下午|中午|晚上', ' PM ', 'g'),
    '(\d)(?:時|时|시 ?)(\d)', '\1:\2', 'g'), '(\d)(?:分|분 ?)(\d)', '\1:\2', 'g'), '[년월일年月日분초分秒.,]', ' ', 'g').trim(), '$^',
    prefix, patterns);

-- A stamp whose zone's letters [zones] of stamps.toml tells.
create or replace temp macro lettered_read(stamp, removed, prefix, patterns) as
    coalesce(leap_read(stamp, removed), strptime_read(stamp, removed, prefix, patterns))
        - coalesce(zone_ahead(regexp_extract(regexp_extract(stamp, removed), '[A-Z]+$')), interval 0 minute);

-- The months as dates abbreviate them, in the languages of [months] of stamps.toml, by their first letters.
create or replace temp macro month_read(word) as coalesce(map {'juin': 6, 'juil': 7}[left(word, 4)], map {
    'jan': 1, 'ene': 1, 'gen': 1, 'sty': 1, 'led': 1, 'ian': 1, 'oca': 1, 'feb': 2, 'fév': 2, 'fev': 2, 'lut': 2, 'úno': 2,
    'şub': 2, 'mar': 3, 'mär': 3, 'mrz': 3, 'mrt': 3, 'maa': 3, 'bře': 3, 'már': 3, 'apr': 4, 'avr': 4, 'abr': 4, 'kwi': 4,
    'dub': 4, 'ápr': 4, 'nis': 4, 'may': 5, 'mai': 5, 'maj': 5, 'mei': 5, 'mag': 5, 'kvě': 5, 'máj': 5, 'jun': 6, 'giu': 6,
    'cze': 6, 'čen': 6, 'jún': 6, 'iun': 6, 'haz': 6, 'jul': 7, 'lug': 7, 'lip': 7, 'čec': 7, 'júl': 7, 'iul': 7, 'tem': 7,
    'aug': 8, 'aoû': 8, 'ago': 8, 'sie': 8, 'srp': 8, 'ağu': 8, 'sep': 9, 'set': 9, 'wrz': 9, 'zář': 9, 'sze': 9, 'eyl': 9,
    'oct': 10, 'okt': 10, 'ott': 10, 'out': 10, 'paź': 10, 'říj': 10, 'eki': 10, 'nov': 11, 'lis': 11, 'kas': 11, 'dec': 12,
    'dez': 12, 'des': 12, 'dic': 12, 'déc': 12, 'gru': 12, 'pro': 12, 'ara': 12}[left(word, 3)]);

-- A stamp whose month is named in one of these languages, behind the name of the day.
create or replace temp macro worded_parts(bare) as try_cast(regexp_extract(bare, '\b\d{4}\b') || '-' ||
    month_read(lower(regexp_extract(bare, '[A-Za-zÀ-ž]{3,}'))) || '-' || regexp_extract(bare, '\b\d\d?\b') || ' ' ||
    lpad(regexp_extract(bare, '\d\d?:\d\d:\d\d'), 8, '0') as timestamp);
create or replace temp macro worded_read(stamp, removed) as
    worded_parts(regexp_replace(regexp_replace(stamp, removed, ''), '^[A-Za-zÀ-ž]+[.,]? +', ''));

create or replace temp macro month_worded_read(stamp) as try_cast('2000-' || month_read(lower(regexp_extract(stamp, '^[^\s.]+'))) || '-'
    || regexp_extract(stamp, ' (\d\d?) ', 1) || ' ' || replace(regexp_extract(stamp, '\S+$'), ',', '.') as timestamp);

-- One whose zone is an offset, perhaps of hours alone; its hours may count to twelve.
create or replace temp macro offset_ahead(offset_) as to_minutes(cast((case when starts_with(trim(offset_), '-') then -1 else 1 end)
    * (60 * try_cast(substr(trim(offset_), 2, 2) as integer) + coalesce(try_cast(right(trim(offset_), -3) as integer), 0)) as bigint));
create or replace temp macro worded_zoned_read(stamp, removed) as worded_read(regexp_replace(stamp, ' [AP]M', ''), removed)
    + case when contains(stamp, ' PM') and not regexp_matches(stamp, ' 12:') then interval 12 hour
        when contains(stamp, ' AM') and regexp_matches(stamp, ' 12:') then interval '-12' hour else interval 0 hour end
    - offset_ahead(regexp_extract(stamp, removed));

-- Most stamps by far are of the first kind, and so it is asked first.
create or replace temp macro any_read(stamp) as case
    when regexp_matches(stamp, '^\d{4}-.*Z$') then zoned_read(stamp)
    when try_cast(stamp as bigint) is not null then epoch_read(stamp)
    when regexp_full_match(stamp, '\d+(\.\d+)?([eE]\+?\d+)?') then epoch_read(stamp)
    when regexp_matches(stamp, '(Z|[+-]\d\d:?\d\d)$') and regexp_matches(stamp, '^\d{4}-') then zoned_read(stamp)
    when regexp_matches(stamp, '^\d{4}-') then coalesce(try_cast(stamp as timestamp), lettered_read(stamp, ' ?\b[A-Z]{2,5}$', '', ['%Y']))
    -- Between full stops and hyphens the day comes first where the year comes last: no country writes the month first so.
    when regexp_matches(stamp, '^\d\d?[.-]\d\d?[.-]\d{4} ') then strptime_read(replace(stamp, '.', '-'), '$^', '',
        ['%d-%m-%Y %H:%M:%S', '%d-%m-%Y %H:%M', '%d-%m-%Y %I:%M:%S %p'])
    when regexp_matches(stamp, '^\d{4}/') then strptime_read(stamp, '$^', '', ['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M:%S.%f'])
    when regexp_matches(stamp, '^\d\d/[A-Z]') then strptime_read(stamp, '$^', '', ['%d/%b/%Y:%H:%M:%S %z'])
    else lettered_read(stamp, ' ?\b[A-Z]{3,5}\b', '', ['%a %b %d %H:%M:%S %Y', '%a %b %d %I:%M:%S %p %Y', '%a %d %b %H:%M:%S %Y', '%a %d %b %Y %H:%M:%S', '%a %d %b %Y %I:%M:%S %p', '%a, %d %b %Y %H:%M:%S', '%a, %d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M:%S']) end;

-- The time that a cell of a database states: ISO 8601, or a number of s, ms, µs or ns since 1970 by its magnitude. As
-- `written_time` only in the years in which such a row can have been written: most numbers are no times, and neither is
-- 9999-12-31.
create or replace temp macro stated_time(cell) as case
    when regexp_full_match(cell, '\d{9,19}(\.\d{1,9})?') then epoch_read(cell)
    when regexp_full_match(cell, '\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d([.,]\d+)?)?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?)?')
        then timezone('UTC', try_cast(replace(cell, ',', '.') as timestamptz)) end;

create or replace temp macro written_time(cell) as
    case when stated_time(cell) between timestamp '2000-01-01' and timestamp '2099-12-31' then stated_time(cell) end;
