-- The tables of a case. Times are UTC without a zone; every row says which file, and where in it, it came from.

-- `log` is the log of which a file is a piece, where it was rotated.
create table if not exists evidence (
    path text primary key, sha256 text, bytes bigint, kind text, format text, status text, records bigint,
    physical bigint, accepted bigint, continued bigint, blank bigint, separator bigint, quarantined bigint,
    first_time timestamp, last_time timestamp, zone text, zone_how text, vantage text, log text
);

create table if not exists problems (path text, code text, line bigint, message text, remedy text, leaves_open text);

-- One row per log event: its first line, and every line folded into it. `repeated` marks a copy of an event that a
-- fuller file holds too. An undated event keeps a null time; `after` and `before` are the dated neighbours' times.
-- `own_clock` is the time as written, where that could not be placed in UTC as it stands; `times` is how often the
-- event happened, where the log says "message repeated 5 times". `message` is null where only the offset is kept.
create table if not exists log_events (
    path text, line bigint, last_line bigint, "offset" bigint, length bigint, time timestamp, level text, source text,
    message text, body text, "after" timestamp, "before" timestamp, repeated boolean default false, own_clock timestamp,
    times integer default 1
);

-- Of a log that is too large to copy, the quiet events: one line each, dated, neither loud nor folded. Their text stays in
-- the evidence, to be had by offset and length. Numbers are narrow and not compressed, for these are the many. A log has two
-- numbers: one for events whose stamps say their zone, and one for those that are `local` and move when it becomes known.
create table if not exists large_logs (file usmallint, path text, local boolean);

create table if not exists level_words (code utinyint, level text);

create table if not exists quiet_events (
    file usmallint using compression uncompressed, line uinteger using compression uncompressed,
    "offset" bigint using compression uncompressed, length uinteger using compression uncompressed,
    head usmallint using compression uncompressed, time timestamp using compression uncompressed,
    level utinyint using compression uncompressed, source text using compression uncompressed
);

-- Of a large log, one row per part of it in which written times fall back: how often, and where most.
create table if not exists large_log_falls (path text, falls bigint, line bigint, before timestamp, written timestamp);

-- Of the quiet events, one row per event that says that messages were dropped.
create table if not exists dropped_notices (path text, line bigint, message text);

create table if not exists quarantine (path text, line bigint, "offset" bigint, length bigint, reason text, shown text);

create table if not exists requests (
    path text, line bigint, time timestamp, started timestamp, id text, method text, route text, address text,
    duration_ms double, status integer, failed boolean, external boolean, error text, account text
);

-- How many events two logs both tell of, ids of requests and texts that are rare in both, were found where only a share of all pairs
-- of their events was looked at.
create table if not exists shared_events (first text, second text, found bigint, looked_at double);

-- From where the requests of each file were seen (server, access log, edge, client, or upstream: the calls made while others were
-- answered), and whether they are judged.
create table if not exists request_views (path text primary key, view text, judged boolean);

-- The requests that are judged: those of one place from which they were seen, for each would be told twice otherwise.
create or replace view seen_requests as from requests anti join (from request_views where not judged) using (path);

-- One row per path of requests in which something varies, and the route that stands for it and others (analysis/routes.toml).
create table if not exists route_templates (route text primary key, template text);

-- One row per line that says that a request has started; `id` is the one that its end has in `requests`.
create table if not exists request_starts (path text, line bigint, time timestamp, id text, method text, route text, address text);

-- One row per line that says what a request failed with, where another line tells of its end.
create table if not exists request_errors (path text, line bigint, id text, error text);

-- `clock_s` is seconds on the source's own relative clock, where it has no time of day.
-- `series` is the labels without those that change with a release: a restart must not make a new series.
create table if not exists single_samples (
    path text, line bigint, position bigint, name text, labels text, series text, time timestamp, value double, unit text,
    clock_s double
);

-- The samples of documents that list many points a series stand apart from what all points of a series share.
create table if not exists sampled_series (number integer, path text, name text, labels text, series text, unit text);

create table if not exists series_samples (
    number integer, line bigint, position bigint, time timestamp, value double, clock_s double
);

create or replace view samples as
    from single_samples
    union all
    select path, line, position, name, labels, series, time, value, unit, clock_s
    from series_samples join sampled_series using (number);

-- One row per span of a trace.
create table if not exists spans (
    path text, line bigint, position bigint, trace text, span text, parent text, service text, name text, time timestamp,
    duration_ms double, status text
);

-- One row per pair of services of which one calls the other, as a list or a matrix of dependencies states it.
create table if not exists calls (path text, line bigint, caller text, callee text, weight double);

-- One row per row of a table that tells neither measurements nor events: its cells as a JSON object.
create table if not exists table_rows (path text, line bigint, "values" text);

create table if not exists probes (
    path text, line bigint, position bigint, target text, time timestamp, ok boolean, response_ms double, status integer,
    detail text
);

create table if not exists security_events (path text, position bigint, time timestamp, what text, address text, account text, severity text);

create table if not exists logins (path text, line bigint, time timestamp, address text, account text, ok boolean);

create table if not exists events (
    path text, line bigint, position bigint, time timestamp, kind text, what text, who text, text text, weight integer
);

-- `files` is what a commit touched, as a JSON list, and `detail` its difference, where the evidence holds them; `reverts` is the id
-- of the commit that its message says it reverts.
create table if not exists changes (
    path text, line bigint, position bigint, id text, time timestamp, kind text, service text, summary text, author text,
    files text, detail text, reverts text, "table" text, row bigint
);

create table if not exists incident_records (
    path text, position bigint, id text, title text, description text, status text, severity text, services text,
    started timestamp, ended timestamp, created_by text, automatic boolean, resolution text
);

-- One row per table of a database. `key` lists its primary key; `first_time` and `last_time` are the first and the last
-- time at which a row is known to have been written, from what its columns hold.
create table if not exists database_tables (
    path text, name text, columns text, rows bigint, declared text, first_time timestamp, last_time timestamp,
    time_column text, key text
);

-- `time` is when the row was written, where a column tells it.
create table if not exists database_rows (path text, "table" text, row bigint, "values" text, time timestamp);

-- One row per database, dump or log of changes. `taken` is when the dump says that it was made; `log_file` and
-- `log_position` say up to where in the server's own log of changes it goes, or from where on.
create table if not exists database_states (
    path text primary key, dialect text, whole boolean, taken timestamp, integrity text, log_file text, log_position bigint
);

-- One row per rule that rows of a table break; `rows` is null where they were not counted to the end.
create table if not exists database_violations (
    path text, "table" text, kind text, rule text, rows bigint, example text
);

-- One row per table in which two states of one database differ. `in_order` is false where it cannot be told which of the
-- two is the later; a table that is missing on one side has null there.
create table if not exists database_differences (
    earlier text, later text, in_order boolean, "table" text, compared_by text, earlier_rows bigint, later_rows bigint,
    added bigint, removed bigint, changed bigint
);

-- One row per table of which other evidence holds rows that this state has not: what restoring it would lose.
create table if not exists database_losses (
    path text, other text, "table" text, newest timestamp, rows bigint, first_time timestamp, last_time timestamp
);

-- One row per file that covers a stretch of time. `usual_s` is its median pause. `begins_late_s` and `ends_early_s` say by how
-- much it begins after, or ends before, the stretch that most sources cover, where that is more than one of its own pauses;
-- `apart`: it shares no time with that stretch; `extract`: a fuller log of the folder holds most of it.
create table if not exists coverage (
    path text primary key, kind text, "start" timestamp, "end" timestamp, usual_s double, begins_late_s double,
    ends_early_s double, apart boolean, extract boolean
);

-- One row per stretch in which a source that usually tells something says nothing; `between_runs`: nothing ran then, as it says.
create table if not exists holes (path text, "start" timestamp, "end" timestamp, between_runs boolean);

-- One person may have several names, with semicolons between them.
create table if not exists people (path text, id text, name text, role text);

create table if not exists pseudonyms (kind text, original text, pseudonym text, primary key (kind, original));

create table if not exists facts (name text primary key, value text);

-- Where nothing tells the year of stamps that hold none, one of the far future stands in (model.py, STAND_IN): lengths and
-- orders can be asked of such times, but they are no times of anything.
create or replace view lines_in_order as
    select path, line, time, level, source, message from log_events where not repeated
    union all
    select path, line, time, level_words.level, source, null
    from quiet_events join large_logs using (file) join level_words on level_words.code = quiet_events.level;

create or replace view log_lines as
    select path, line, case when year(time) not between 2187 and 2196 then time end as time, level, source, message
    from lines_in_order;

-- A template is a message with everything that varies taken out. What stands in quotes behind a name varies, unless its name says
-- that it is the message, or what went wrong, in words: of that, only what varies is taken out.
create or replace view line_patterns as
    select path, line,
        replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(message,
            '\b(msg|message|err|error|exception|cause|reason)="([^"]*)"', '\1=' || chr(1) || '\2' || chr(1), 'g'),
            '([:=\s(\[])(?:"[^"]*"|''[^'']*'')', '\1<*>', 'g'),
            '\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b', '<*>', 'g'),
            '\b\d{1,3}(\.\d{1,3}){3}\b|[\w.+-]+@[\w-]+\.[\w.]+', '<*>', 'g'),
            '\b(0x[0-9a-fA-F]+|[0-9a-fA-F]*\d[0-9a-fA-F]{5,})\b', '<*>', 'g'),
            '[+-]?\d+([.:,]\d+)*', '<*>', 'g'), chr(1), '"') as template
    from log_events where not repeated;

-- Whether a name begins with a letter of Chinese, Japanese or Korean.
create or replace macro signs_without_case(who) as regexp_matches(who, '^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]');

-- Whether the writer of a message signs as people do: written large, in letters that are neither large nor small (Chinese, Japanese,
-- Korean), or by an account of two words.
create or replace macro signs_as_person(who) as who[1] <> lower(who[1]) or signs_without_case(who)
    or regexp_full_match(who, '[a-z]{2,}[._][a-z]{2,}');
