"""Reads one piece of SQLite evidence in a process of its own, with the standard library and nothing else.

It is given no path: a dump arrives as standard input, a database as `room.db` in the current folder. It leaves
`rows.jsonl` and `reply.json` there. It is one file, and imports nothing of the rest, because it is run in isolation.
"""

import json
import math
import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

try:
    import resource
except ImportError:  # Windows has none; the deadline and SQLite's own limits remain.
    resource = None  # type: ignore[assignment]

MEBIBYTE = 1 << 20
NOT_ALLOWED = "is not allowed in the closed room"
MOST_TABLES = 10_000
MOST_REFUSALS = 100
MOST_NOTES = 200
MOST_STEPS = 1000
MOST_COLUMNS = 2000
"""SQLite's own limit: a table that wide leaves no place for its row number in a query."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may cost."""

    seconds: float = 60.0
    memory: int = 512 * MEBIBYTE
    """Bytes, for the whole process where the system can hold it to that, else for SQLite alone."""
    rows: int = 256 * MEBIBYTE
    """Bytes of `rows.jsonl`."""
    pages: int = 1 << 17
    """Pages of 4 KiB that the database built from a dump may fill."""

    @property
    def value(self) -> int:
        """The longest statement that is run and the longest value that is read, in bytes."""
        return self.memory // 16


@dataclass(slots=True)
class Table:
    """One table, as `TableReading` has it."""

    name: str
    columns: list[str] = field(default_factory=list)
    rows: int = 0
    declared: str = ""
    key: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    unique: list[list[str]] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    failed_checks: int = 0


@dataclass(slots=True)
class Reply:
    """What was found, as `DatabaseReading` has it."""

    ended: str = "unreadable"
    integrity: str = ""
    tables: list[Table] = field(default_factory=list)
    refused: list[dict[str, str | int]] = field(default_factory=list)
    views: int = 0
    triggers: int = 0
    indexes: int = 0
    bytes_read: int = 0
    notes: list[str] = field(default_factory=list)
    refusals: int = 0
    """All of them; `refused` lists the first."""
    broken: dict[str, int] = field(default_factory=dict)
    """Rows that were refused because they break a rule of their table, by SQLite's own words."""

    def refuse(self, offset: int, statement: str, reason: str) -> None:
        self.refusals += 1
        if len(self.refused) < MOST_REFUSALS:
            self.refused.append({"offset": offset, "statement": visible(statement), "reason": visible(reason, 300)})

    def note(self, sentence: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(sentence)


class Clock:
    """The deadline, as a question and as SQLite's progress handler."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started = time.monotonic()

    def over(self, share: float = 1.0) -> bool:
        return time.monotonic() - self.started > self.seconds * share


def visible(text: str, length: int = 120) -> str:
    """Escape what a terminal or a page would act upon, in the first `length` characters."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:length])


def trouble_of(error: BaseException) -> str:
    return str(error) or type(error).__name__


def decoded(raw: bytes) -> str:
    r"""Give text that loses nothing: bytes that are not UTF-8, and NUL, stand as \xNN."""
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def opened(path: str, limits: Limits, clock: Clock) -> sqlite3.Connection:
    """Open a database in which nothing can be attached, loaded, trusted or waited for."""
    db = sqlite3.connect(path, isolation_level=None, cached_statements=0)
    db.text_factory = decoded
    if hasattr(db, "enable_load_extension"):
        db.enable_load_extension(False)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    db.setlimit(sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0)
    db.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)
    db.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, limits.value)
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.value)
    db.execute("PRAGMA trusted_schema=OFF").fetchall()
    db.execute("PRAGMA cell_size_check=ON").fetchall()
    db.execute("PRAGMA mmap_size=0").fetchall()
    db.execute("PRAGMA ignore_check_constraints=ON").fetchall()
    db.execute(f"PRAGMA hard_heap_limit={limits.memory // 2}").fetchall()
    db.set_progress_handler(clock.over, 10_000)
    return db


class Rows:
    """Writes rows as JSON lines, up to a number of bytes."""

    def __init__(self, out: BinaryIO, limits: Limits, clock: Clock) -> None:
        self.out, self.most, self.clock = out, limits.rows, clock
        self.written = 0

    def full(self) -> bool:
        return self.written >= self.most

    def write(self, table: Table, values: tuple[object, ...]) -> None:
        text = in_json(dict(zip(table.columns, map(as_json, values), strict=True)))
        line = f'{{"table": {in_json(table.name)}, "row": {table.rows + 1}, "values": {in_json(text)}}}\n'
        self.written += self.out.write(line.encode())
        table.rows += 1


in_json = json.JSONEncoder(ensure_ascii=False).encode


def as_json(value: object) -> object:
    if isinstance(value, bytes):
        return {"blob": value[:32].hex(), "bytes": len(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": "Infinity" if value > 0 else "-Infinity"}
    return value


class Scan:
    """Reads one table in the order of its row numbers. They must rise: a page that points back at itself never ends."""

    def __init__(self, db: sqlite3.Connection, table: Table) -> None:
        self.db, self.table = db, table
        declared = db.execute(f"PRAGMA table_xinfo({quoted(table.name)})").fetchall()
        # Hidden columns, and those computed on reading, hold no data.
        table.columns = [str(column[1]) for column in declared if column[6] in (0, 3)]
        self.rowid = self.find_rowid()
        self.at: int | None = None

    def find_rowid(self) -> str:
        """Find a name under which the table shows its row numbers, or ""."""
        taken = {column.lower() for column in self.table.columns}
        free = [name for name in ("rowid", "_rowid_", "oid") if name not in taken]
        if not free or len(taken) >= MOST_COLUMNS:
            return ""
        try:
            self.db.execute(self.query(free[0], "LIMIT 0")).fetchall()
        except sqlite3.Error:  # WITHOUT ROWID
            return ""
        return free[0]

    def query(self, rowid: str, tail: str) -> str:
        """Say what to read. NOT INDEXED, or SQLite may walk an index instead, in the order of that."""
        columns = ", ".join([*filter(None, [rowid]), *map(quoted, self.table.columns)])
        return f"SELECT {columns} FROM {quoted(self.table.name)} NOT INDEXED {tail}"  # noqa: S608 - names are quoted

    def read(self, rows: Rows, start: int | None = None) -> str:
        """Write rows, from a row number on, until the end or the first trouble; give the trouble."""
        tail = ""
        try:
            if start is not None:
                for values in self.one(start) or []:
                    self.keep(values, rows)
                self.at = max(start, self.at or start)
                tail = f"WHERE {self.rowid} > {self.at} ORDER BY {self.rowid}"
            for values in self.db.execute(self.query(self.rowid, tail)):
                if trouble := self.keep(values, rows):
                    return trouble
        except (sqlite3.Error, UnicodeError, MemoryError) as error:
            return f"the limit of {rows.clock.seconds:g} s was reached" if rows.clock.over() else trouble_of(error)
        return ""

    def keep(self, values: tuple[Any, ...], rows: Rows) -> str:
        if self.rowid:
            if self.at is not None and values[0] <= self.at:
                return "its row numbers do not rise"
            self.at = values[0]
        rows.write(self.table, values[1:] if self.rowid else values)
        return f"no more than {rows.most} bytes of rows are kept" if rows.full() else ""

    def one(self, start: int) -> list[tuple[Any, ...]] | None:
        """Read the one row at or after a row number; None if damage is in the way.

        A cursor that walks on looks one row ahead, and loses the row before the damage.
        """
        tail = f"WHERE {self.rowid} >= {start} ORDER BY {self.rowid} LIMIT 1"
        try:
            return self.db.execute(self.query(self.rowid, tail)).fetchall()
        except (sqlite3.Error, UnicodeError, MemoryError):
            return None

    def next_readable(self) -> int | None:
        """Feel for the first row number past the damage: in strides that double, then back by halves."""
        low, stride = self.at or 0, 1
        while self.one(low + stride) is None:
            stride *= 2
            if low + stride >= 1 << 63:
                return None
        low, high = low + stride // 2, low + stride
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.one(middle) is None else (low, middle)
        return high


def pour(db: sqlite3.Connection, table: Table, rows: Rows, reply: Reply) -> None:
    """Write a table's rows, stepping over damage as often as there is some."""
    learn_rules(db, table)
    try:
        scan = Scan(db, table)
        trouble = scan.read(rows) if table.columns else "it has no columns that could be read"
    except (sqlite3.Error, UnicodeError) as error:
        reply.note(f"table {visible(table.name)} was not read: {visible(trouble_of(error), 300)}")
        return
    first = trouble
    for _ in range(MOST_STEPS):
        if not trouble or not scan.rowid or rows.full() or rows.clock.over():
            break
        start = scan.next_readable()
        trouble = "" if start is None else scan.read(rows, start)
    if first:
        reply.note(f"table {visible(table.name)} was read in part, {table.rows} rows: {visible(first, 300)}")


def learn_rules(db: sqlite3.Connection, table: Table) -> None:
    """Ask a table what it declares about its rows; where that is damaged, nothing is known."""
    name = quoted(table.name)
    try:
        columns = db.execute(f"PRAGMA table_xinfo({name})").fetchall()
        indexes = db.execute(f"PRAGMA index_list({name})").fetchall()
        references = db.execute(f"PRAGMA foreign_key_list({name})").fetchall()
        unique = [
            db.execute(f"PRAGMA index_xinfo({quoted(one[1])})").fetchall() for one in indexes if one[2] and not one[4]
        ]
    except (sqlite3.Error, UnicodeError, MemoryError):
        return
    table.key = [str(column[1]) for column in sorted(columns, key=lambda column: int(column[5])) if column[5]]
    table.required = [str(column[1]) for column in columns if column[3]]
    for index in unique:
        held = [part for part in index if part[5]]
        if held and all(part[2] is not None for part in held):  # an expression has no name
            table.unique.append([str(part[2]) for part in held])
    by_number: dict[int, dict[str, Any]] = {}
    for number, _, parent, column, to, *_ in references:
        one = by_number.setdefault(int(number), {"columns": [], "table": str(parent), "to": []})
        one["columns"].append(str(column))
        one["to"] += [str(to)] if to is not None else []
    table.references = [by_number[number] for number in sorted(by_number)]


def check_rows(db: sqlite3.Connection, tables: list[Table], reply: Reply, clock: Clock) -> None:
    """Have SQLite ask every row whether it passes the CHECK rules of its table; a hundred that do not are enough."""
    db.set_authorizer(None)
    db.execute("PRAGMA ignore_check_constraints=OFF").fetchall()
    for table in tables:
        if not table.rows or not HAS_CHECK.search(table.declared):
            continue
        try:
            lines = [str(line) for (line,) in db.execute(f"PRAGMA quick_check({quoted(table.name)})")]
            table.failed_checks = sum(line.startswith("CHECK constraint failed") for line in lines)
        except (sqlite3.Error, UnicodeError, MemoryError) as error:
            why = f"the limit of {clock.seconds:g} s was reached" if clock.over() else trouble_of(error)
            reply.note(f"the CHECK rules of table {visible(table.name)} were not asked: {visible(why, 200)}")


HAS_CHECK = re.compile(r"\bCHECK\s*\(", re.I)
QUOTED = rb"'[^']*+'|\"[^\"]*+\"|`[^`]*+`|\[[^\]]*+\]"
COMMENT = rb"--[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
BODY = rb"(?>[^;'\"`\[/-]++|" + QUOTED + rb"|" + COMMENT + rb"|/(?!\*)|-(?!-))*+;"
GAP = rb"(?:\s|" + COMMENT + rb")*+"
PART = re.compile(BODY)
PIECE = re.compile(
    rb"(?P<blank>\s++)|(?P<comment>" + COMMENT + rb")|(?P<command>[.#][^\n]*+)|(?P<statement>" + BODY + rb")"
)
TRIGGER = re.compile(rb"CREATE" + GAP + rb"(?:TEMP(?:ORARY)?" + GAP + rb")?TRIGGER\b", re.I)
TRIGGER_END = re.compile(GAP + rb"END" + GAP + rb";", re.I)
# Lines that `.dump` itself writes: where the text is broken, reading goes on at one of these.
LINE = re.compile(
    rb"\n(?=INSERT INTO |CREATE (?:TABLE|VIEW|TRIGGER|INDEX|UNIQUE INDEX) |PRAGMA \w|BEGIN TRANSACTION;|"
    rb"DELETE FROM |ANALYZE |COMMIT;|ROLLBACK;)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a dump."""

    kind: str
    """A "statement", a "comment", a "command" to the sqlite3 program, an unfinished "rest", or an "endless" one."""
    offset: int
    raw: bytes

    @property
    def end(self) -> int:
        return self.offset + len(self.raw)


def pieces(evidence: BinaryIO, start: int, longest: int) -> Iterator[Piece]:
    """Cut a dump, from a byte on, into pieces; hold hardly more than one of them in memory."""
    evidence.seek(start)
    buffer, at, base, whole = b"", 0, start, False
    while True:
        if found := PIECE.match(buffer, at):
            kind, end = str(found.lastgroup), found.end()
            if kind == "statement" and TRIGGER.match(buffer, at):
                end = trigger_end(buffer, at)
            elif kind != "statement" and end == len(buffer) and not whole:
                end = 0  # A blank or a comment may go on in what is not read yet.
            if end:
                if kind != "blank":
                    yield Piece(kind, base + at, buffer[at:end])
                at = end
                continue
        held = len(buffer) - at
        if held and (whole or held > 2 * longest):
            yield Piece("rest" if whole else "endless", base + at, buffer[at:])
        if whole or held > 2 * longest:
            return
        more = evidence.read(min(max(held, MEBIBYTE), 16 * MEBIBYTE))
        buffer, base, at, whole = buffer[at:] + more, base + at, 0, not more


def trigger_end(buffer: bytes, at: int) -> int:
    """Find the `END;` of a trigger, whose body has semicolons of its own; 0 if it is not in the buffer."""
    while part := PART.match(buffer, at):
        if TRIGGER_END.fullmatch(buffer, at, part.end()):
            return part.end()
        at = part.end()
    return 0


KINDS = {
    kind: re.compile(pattern, re.I)
    for kind, pattern in {
        "schema": r"INSERT\s+(OR\s+\w+\s+)?INTO\s+[\"'`\[]?sqlite_(temp_)?(schema|master)\b",
        "row": r"INSERT\s+(OR\s+\w+\s+)?INTO\b",
        "begin": r"(BEGIN|SAVEPOINT|RELEASE)\b",
        "commit": r"(COMMIT|END)\b",
        "rollback": r"ROLLBACK\b",
        "pragma": r"PRAGMA\b",
        "virtual": r"CREATE\s+VIRTUAL\s+TABLE\b",
        "table": r"CREATE\s+TABLE\b",
        "index": r"CREATE\s+(UNIQUE\s+)?INDEX\b",
        "view": r"CREATE\s+(TEMP\s+|TEMPORARY\s+)?VIEW\b",
        "trigger": r"CREATE\s+(TEMP\s+|TEMPORARY\s+)?TRIGGER\b",
        "sequence": r"DELETE\s+FROM\s+\"?sqlite_sequence\"?\s*;",
        "statistics": r"ANALYZE\s+sqlite_(schema|master)\s*;",
    }.items()
}
KNOWN_AND_REFUSED = re.compile(
    r"(ALTER|ANALYZE|ATTACH|CREATE|DELETE|DETACH|DROP|EXPLAIN|REINDEX|REPLACE|SELECT|UPDATE|VACUUM|VALUES|WITH)\b", re.I
)
PRAGMA = re.compile(r"PRAGMA\s+(\w+)\s*(?:=\s*(.*?)|\(.*\))?\s*;", re.I | re.S)
HARMLESS_PRAGMA = re.compile(
    r"application_id|auto_vacuum|cache_size|encoding|foreign_keys|journal_mode|legacy_file_format|locking_mode|page_size|"
    r"synchronous|temp_store|user_version"
)
TEXT = r"'([^']*+(?:''[^']*+)*+)'"
VIRTUAL = re.compile(
    r"CREATE\s+VIRTUAL\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\"[^\"]*\"|'[^']*'|`[^`]*`|\[[^\]]*\]|\w+)\s+USING\b", re.I
)
VIRTUAL_ROW = re.compile(
    r"INSERT\s+INTO\s+sqlite_\w+\s*\(\s*type\s*,\s*name\s*,\s*tbl_name\s*,\s*rootpage\s*,\s*sql\s*\)\s*"
    rf"VALUES\s*\(\s*'table'\s*,\s*{TEXT}\s*,\s*{TEXT}\s*,\s*0\s*,\s*{TEXT}\s*\)\s*;",
    re.I,
)
VIRTUAL_TABLE = re.compile(GAP + rb"CREATE" + GAP + rb"VIRTUAL\b", re.I)
REACHES_OUT = re.compile(r"\b(load_extension|writefile|readfile|edit|eval|fts3_tokenizer)\s*\(", re.I)
BREAKS_A_RULE = re.compile(r"(?:NOT NULL|UNIQUE|CHECK) constraint failed: ")
SAID = re.compile(r"/\*+\s*(ERROR: \(\d+\) .*?|CORRUPTION ERROR)\s*\*+/", re.S)

# What a dump's own literals need, and the computed columns of its tables. None of them reaches outside.
PLAIN_FUNCTION = re.compile(
    r"->>?|abs|char|coalesce|current_(date|time|timestamp)|date|datetime|hex|ifnull|iif|json|"
    r"json_(array|extract|object|quote|type|valid)|julianday|length|likelihood|likely|lower|max|min|nullif|quote|replace|"
    r"round|strftime|substr|substring|time|timediff|typeof|unhex|unicode|unistr|unixepoch|unlikely|upper"
)
# Harmless on little text, and a way to burn hours on much.
SLOW_FUNCTION = re.compile(r"format|glob|instr|like|ltrim|printf|rtrim|trim")
LITTLE = 16 * 1024

SCHEMA = ("sqlite_master", "sqlite_schema")
ACTIONS = {
    sqlite3.SQLITE_ANALYZE: "ANALYZE",
    sqlite3.SQLITE_ATTACH: "ATTACH",
    sqlite3.SQLITE_CREATE_INDEX: "CREATE INDEX",
    sqlite3.SQLITE_CREATE_TABLE: "CREATE TABLE",
    sqlite3.SQLITE_DELETE: "DELETE",
    sqlite3.SQLITE_FUNCTION: "FUNCTION",
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
    sqlite3.SQLITE_READ: "READ",
    sqlite3.SQLITE_RECURSIVE: "RECURSIVE",
    sqlite3.SQLITE_SELECT: "SELECT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
}


class Loader:
    """Builds a private database out of a dump, one statement at a time. Each `do` gives the trouble it met, or ""."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits, self.clock, self.reply = limits, clock, Reply()
        # A temporary database: what does not fit the cache goes to a file without a name.
        self.db = opened("", limits, clock)
        for setting in ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-32000"):
            self.db.execute(f"PRAGMA {setting}").fetchall()
        self.db.execute(f"PRAGMA max_page_count={limits.pages}").fetchall()
        self.db.create_function("unistr", 1, unistr, deterministic=True)
        self.db.create_function("replace", 3, replaced, deterministic=True)
        self.db.set_authorizer(self.allows)
        self.doing = self.denied = self.created = self.ended = ""
        self.small = True
        self.begun = self.sequence = False
        self.understood = self.escaped = self.passed_over = 0
        self.declared: dict[str, str] = {}
        self.virtual: dict[str, Table] = {}
        self.recorded: dict[str, set[int]] = {"view": set(), "trigger": set(), "index": set()}
        self.unlocking: Piece | None = None
        self.undeclared: list[str] = []
        self.said: list[str] = []
        self.breaks: list[tuple[int, int]] = []

    def allows(
        self, action: int, first: str | None, second: str | None, database: str | None, inner: str | None
    ) -> int:
        name = ACTIONS.get(action, f"action {action}")
        if inner is None and self.allowed(name, first or "", second or ""):
            return sqlite3.SQLITE_OK
        if name == "FUNCTION":
            self.denied = self.denied or f"the function {second}()"
        elif name in ("SELECT", "READ", "RECURSIVE"):
            self.denied = self.denied or "a query inside a statement"
        else:
            self.denied = self.denied or f"{name} {first or ''}".strip()
        return sqlite3.SQLITE_DENY

    def allowed(self, action: str, first: str, second: str) -> bool:
        """Say what SQLite may do while it runs one statement; the names are those of its authorizer."""
        writes_schema = action in ("INSERT", "UPDATE") and first in SCHEMA
        if self.doing == "row" and action == "FUNCTION":
            return bool(PLAIN_FUNCTION.fullmatch(second) or (self.small and SLOW_FUNCTION.fullmatch(second)))
        if self.doing == "row":
            # To SQLite, VALUES (…), (…) is a SELECT; one that reads a table asks for READ too.
            return action == "SELECT" or (action == "INSERT" and not writes_schema)
        if self.doing == "table":
            if action == "CREATE TABLE" and first != "sqlite_sequence":
                self.created = first
            return writes_schema or action in ("CREATE TABLE", "CREATE INDEX", "FUNCTION", "READ")
        if self.doing == "sequence":
            return (action, first) == ("DELETE", "sqlite_sequence")
        if self.doing == "statistics":
            return writes_schema or action in ("CREATE TABLE", "READ", "SELECT", "ANALYZE")
        # PRAGMA acts while it is compiled, even under EXPLAIN.
        return self.doing == "our own" or (self.doing == "syntax" and action != "PRAGMA")

    def run(self, doing: str, text: str) -> str:
        """Run one statement."""
        self.doing, self.denied, self.small = doing, "", len(text) < LITTLE
        self.db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(self.limits.value, 4 * len(text.encode()) + 4 * LITTLE))
        try:
            self.db.execute(text)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            return f"{self.denied} {NOT_ALLOWED}" if self.denied else trouble_of(error)
        finally:
            self.doing = ""
        return ""

    def syntax(self, text: str) -> str:
        """Compile, and only compile."""
        return self.run("syntax", f"EXPLAIN {text}")

    def read(self, evidence: BinaryIO, size: int) -> None:
        """Read the dump to its end, going on past places where the text is broken."""
        start: int | None = 3 if evidence.read(3) == b"\xef\xbb\xbf" else 0
        while start is not None:
            start = self.read_on(evidence, start, size)

    def read_on(self, evidence: BinaryIO, start: int, size: int) -> int | None:
        """Read up to the end, or up to a broken piece; give the byte at which to go on."""
        for piece in pieces(evidence, start, self.limits.value):
            if self.clock.over(0.7):  # The rest of the time is for the rows.
                self.stop(f"the time limit was reached at byte {piece.offset} of {size}; the rest was not read")
                return None
            broken = self.see(piece)
            if broken and (line := LINE.search(piece.raw)):
                onward = piece.offset + line.end()
                self.breaks.append((piece.offset, onward))
                self.reply.bytes_read = onward
                return onward
            if piece.kind == "endless":
                self.stop(f"an overlong statement begins at byte {piece.offset} of {size}; the rest was not read")
                return None
            if piece.kind == "rest" and not (broken and self.ended):
                self.stop(f"the dump is cut off at byte {size}, in a statement that begins at byte {piece.offset}")
                return None
            self.reply.bytes_read = piece.end
        self.reply.bytes_read = size
        return None

    def stop(self, why: str) -> None:
        self.ended = self.ended or "truncated"
        self.reply.note(why)

    def see(self, piece: Piece) -> bool:
        """Deal with one piece; say whether its text is broken, so that it may have swallowed others."""
        text = decoded(piece.raw[: self.limits.value])
        if piece.kind == "comment":
            self.said += [visible(found[1]) for found in [SAID.match(text)] if found]
        elif piece.kind == "command":
            if text.startswith("."):
                self.reply.refuse(piece.offset, text, f"the command {visible(text.split()[0], 30)} {NOT_ALLOWED}")
        elif piece.kind == "statement":
            return piece.raw != b";" and self.see_statement(piece, text)
        elif is_broken(self.syntax(text)):
            if self.ended or LINE.search(piece.raw):
                self.reply.refuse(piece.offset, text, "this is not a statement of a dump")
            return True
        return False

    def see_statement(self, piece: Piece, text: str) -> bool:
        kind = next((kind for kind, pattern in KINDS.items() if pattern.match(text)), "other")
        if kind != "schema":
            self.refuse_unlocking()
        if len(piece.raw) > self.limits.value:
            trouble = f"it is longer than {self.limits.value} bytes"
        else:
            trouble = self.do(kind, piece, text)
        if trouble:
            self.reply.refuse(piece.offset, text, trouble)
        else:
            self.understood += 1
            self.escaped += len(text.encode()) != len(piece.raw)
        return is_broken(trouble)

    def do(self, kind: str, piece: Piece, text: str) -> str:
        if kind in self.recorded:
            return self.do_record(kind, piece, text)
        if kind == "pragma":
            return self.do_pragma(piece, text)
        if kind in ("begin", "commit", "rollback"):
            self.begun |= kind == "begin"
            self.ended = self.ended if kind == "begin" else kind  # A ROLLBACK carried out would take the rows away.
            return ""
        if kind in ("sequence", "statistics"):
            self.sequence |= kind == "sequence"
            return self.run(kind, text)
        does = {"schema": self.do_schema, "virtual": self.do_virtual, "table": self.do_table, "row": self.do_row}
        return does.get(kind, why_refused)(text)

    def do_pragma(self, piece: Piece, text: str) -> str:
        """Pass over a setting of the source database; none of them is carried out."""
        found = PRAGMA.fullmatch(text)
        name, value = (found[1].lower(), (found[2] or "").lower()) if found else ("", "")
        if name == "writable_schema" and value in ("on", "1", "off", "0"):
            self.unlocking = piece if value in ("on", "1") else None
            return ""
        return "" if HARMLESS_PRAGMA.fullmatch(name) else f"PRAGMA {name} {NOT_ALLOWED}"

    def refuse_unlocking(self) -> None:
        """Only a virtual table's row may follow `PRAGMA writable_schema=ON`: that is what `.dump` writes it for."""
        if self.unlocking:
            self.reply.refuse(self.unlocking.offset, decoded(self.unlocking.raw), f"writing the schema {NOT_ALLOWED}")
            self.understood -= 1
            self.unlocking = None

    def do_schema(self, text: str) -> str:
        found = VIRTUAL_ROW.fullmatch(text)
        if found and not self.do_virtual(found[3].replace("''", "'")):
            self.unlocking = None
            return ""
        self.refuse_unlocking()
        return f"writing the schema {NOT_ALLOWED}"

    def do_virtual(self, text: str) -> str:
        found = VIRTUAL.match(text)
        if not found:
            return "this is not the declaration of a virtual table"
        name = found[1] if found[1][0] not in "\"'`[" else found[1][1:-1]
        if name.lower() not in self.virtual:
            self.virtual[name.lower()] = Table(name, declared=text.strip())
            self.reply.note(said_of_virtual(name))
        return ""

    def do_table(self, text: str) -> str:
        """Create a table; functions and collations that only the source program had are stood in for."""
        self.created = ""
        trouble = self.run("table", text)
        for _ in range(20):
            if found := re.fullmatch(r"no such function: (\w+)", trouble):
                self.db.create_function(found[1], -1, stand_in)
            elif found := re.fullmatch(r"no such collation sequence: (\w+)", trouble):
                self.db.create_collation(found[1], lambda one, other: (one > other) - (one < other))
            else:
                break
            trouble = self.run("table", text)
        if not trouble and self.created:
            self.declared.setdefault(self.created, text.rstrip(";"))
        return trouble

    def do_row(self, text: str) -> str:
        trouble = self.run("row", text)
        table = trouble.removeprefix("no such table: ")
        if table != trouble and table.lower() in self.virtual:
            self.passed_over += 1
            return ""
        if table != trouble and "." not in table and len(self.undeclared) < MOST_REFUSALS:
            return self.do_undeclared(table, text) and trouble
        if BREAKS_A_RULE.match(trouble):
            self.reply.broken[trouble] = self.reply.broken.get(trouble, 0) + 1
        function = trouble.removeprefix("no such function: ")
        return f"the function {function}() {NOT_ALLOWED}" if REACHES_OUT.match(f"{function}(") else trouble

    def do_undeclared(self, table: str, text: str) -> str:
        """Load a row of a table whose CREATE is lost: SQLite's complaint tells how many columns to make."""
        wanted = 1
        while wanted:
            columns = ", ".join(f"c{number}" for number in range(1, wanted + 1))
            if self.run("our own", f"CREATE TABLE {quoted(table)}({columns})"):
                return "it cannot be stood in for"
            trouble = self.run("row", text)
            if not trouble:
                self.undeclared.append(table)
                return ""
            self.run("our own", f"DROP TABLE {quoted(table)}")
            supplied = re.search(r" has 1 columns but (\d+) values were supplied$", trouble)
            wanted = int(supplied[1]) if supplied else 0
        return "it cannot be stood in for"

    def do_record(self, kind: str, piece: Piece, text: str) -> str:
        """Keep in mind that there is such a thing, without making it; if it may have swallowed others, look closer."""
        if LINE.search(piece.raw) and is_broken(trouble := self.syntax(text)):
            return trouble
        self.recorded[kind].add(hash(text))
        return ""

    def pour_all(self, rows: Rows) -> None:
        """Write the rows of all tables, by name."""
        self.db.set_authorizer(None)
        self.db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self.limits.value)
        self.db.execute("PRAGMA query_only=ON").fetchall()
        found = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = sorted(name for (name,) in found if name != "sqlite_sequence" or self.sequence)  # Else it counts us.
        tables = [Table(name, declared=self.declared.get(name, "")) for name in names[:MOST_TABLES]]
        for table in tables:
            pour(self.db, table, rows, self.reply)
        self.reply.tables = sorted([*tables, *self.virtual.values()], key=lambda table: table.name)
        if len(names) > MOST_TABLES:
            self.reply.note(f"{len(names)} tables are declared; {MOST_TABLES} were read")

    def conclude(self, size: int) -> Reply:
        reply = self.reply
        self.refuse_unlocking()
        reply.views, reply.triggers, reply.indexes = (len(self.recorded[kind]) for kind in ("view", "trigger", "index"))
        for said in self.said[:3]:
            reply.note(f"the dump says of itself: {said}")
        reply.ended = self.how_it_ended(size)
        if reply.ended == "unreadable":
            reply.bytes_read = 0
        if self.breaks:
            where = "; ".join(f"at byte {broken}, read on from byte {onward}" for broken, onward in self.breaks[:5])
            reply.note(f"places where the text is broken: {len(self.breaks)} ({where})")
        if self.escaped:
            reply.note(f"bytes that are not UTF-8, or NUL, stand as \\xNN; statements that hold such: {self.escaped}")
        for table in self.undeclared:
            reply.note(f"the dump does not declare table {visible(table)}: its columns are called c1, c2 and so on")
        if self.passed_over:
            reply.note(f"rows written to a virtual table itself are passed over: {self.passed_over}")
        if reply.refusals > len(reply.refused):
            reply.note(f"{reply.refusals} statements were refused; the first {len(reply.refused)} are listed")
        return reply

    def how_it_ended(self, size: int) -> str:
        reply, locked = self.reply, any("(5)" in said or "(6)" in said for said in self.said)
        if not self.understood or (reply.refused and not reply.tables and not self.said):
            reply.note("this is not the dump of a SQLite database" if size else "the dump is empty (0 bytes)")
            return "unreadable"
        if locked and not reply.tables:
            reply.note("the dump holds no schema or rows: the database was locked when it was taken")
            return "locked"
        if self.ended == "rollback":
            why = "was locked while it was being dumped" if locked else "was damaged"
            salvaged = sum(table.rows for table in reply.tables)
            reply.note(f"the dump ends in ROLLBACK: the source database {why}; {salvaged} rows salvaged")
        elif not self.ended and self.begun:
            reply.note("the dump ends without COMMIT: its end is missing")
        elif not self.ended:
            reply.note("the dump has neither BEGIN nor COMMIT: whether its end is missing cannot be told")
        return self.ended or ("truncated" if self.begun else "whole")


def is_broken(trouble: str) -> bool:
    """Tell broken text from text that is merely unfinished or unwelcome."""
    if "unrecognized token" in trouble:
        return not re.search(r"unrecognized token: \"[xX]?['\"`\[]", trouble)
    return "syntax error" in trouble


def why_refused(text: str) -> str:
    """Say why a statement has no place in a dump."""
    known = KNOWN_AND_REFUSED.match(text)
    if not known:
        return "this is not a statement of a dump: syntax error"
    word = known[1].upper()
    if function := REACHES_OUT.search(text[:LITTLE]):
        return f"the function {function[1].lower()}() {NOT_ALLOWED}"
    if re.match(r"UPDATE\s+(OR\s+\w+\s+)?[\"'`\[]?sqlite_(schema|master)\b", text, re.I):
        return f"writing the schema {NOT_ALLOWED}"
    if word == "VACUUM" and re.search(r"\bINTO\b", text[:LITTLE], re.I):
        return f"VACUUM INTO {NOT_ALLOWED}"
    return f"{word} {NOT_ALLOWED}"


def said_of_virtual(name: str) -> str:
    return f"the virtual table {visible(name)} is recorded, never run; the tables under it are read as ordinary ones"


def unistr(text: str) -> str:
    r"""Do what SQLite 3.50's unistr() does: `\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX` and `\\`."""
    escape = r"\\(?:(\\)|\+([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-9a-fA-F]{4}))"
    return re.sub(escape, character, str(text)).encode("utf-16", "surrogatepass").decode("utf-16", "backslashreplace")


def character(found: re.Match[str]) -> str:
    code = int(found[2] or found[3] or found[4] or found[5] or "5c", 16)
    return chr(code) if 0 < code <= sys.maxunicode else found[0]


def replaced(text: str | None, old: str | None, new: str | None) -> str | None:
    """Do what replace() does; SQLite's own takes quadratic time on text that was made for it."""
    if text is None or old is None or new is None:
        return None
    whole, part, other = str(text), str(old), str(new)
    if whole.count(part) * (len(other) - len(part)) > len(whole) + MEBIBYTE:
        raise ValueError("replace() makes far more text than it was given")
    return whole.replace(part, other) if part else whole


def stand_in(*values: object) -> None:
    raise ValueError("a function of the source program")


def read_dump(
    evidence: BinaryIO, size: int, out: BinaryIO, limits: Limits, report: Callable[[Reply], None] = lambda reply: None
) -> Reply:
    """Load what a dump holds, then write its rows; report before their rules are asked, which may not end in time."""
    clock = Clock(limits.seconds)
    loader = Loader(limits, clock)
    loader.read(evidence, size)
    loader.pour_all(Rows(out, limits, clock))
    reply = loader.conclude(size)
    out.flush()
    report(reply)
    check_rows(loader.db, reply.tables, reply, clock)
    loader.db.close()
    return reply


def may_read(action: int, first: str | None, second: str | None, database: str | None, inner: str | None) -> int:
    """Let tables be read, and nothing else: no view (it would be `inner`), no recursion, no function but plain ones."""
    name = ACTIONS.get(action, "")
    if name == "FUNCTION":
        fine = bool(PLAIN_FUNCTION.fullmatch(second or ""))
    elif name == "PRAGMA":
        fine = first in ("table_xinfo", "quick_check", "index_list", "index_xinfo", "foreign_key_list")
    else:
        fine = name in ("SELECT", "READ")
    return sqlite3.SQLITE_OK if fine and inner is None else sqlite3.SQLITE_DENY


class Database:
    """Reads the private copy of a database file."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.clock, self.reply = path, limits, Clock(limits.seconds), Reply()
        self.wal, self.journal = (path.with_name(path.name + end) for end in ("-wal", "-journal"))
        self.size, self.escaped = path.stat().st_size, 0
        with path.open("rb") as file:
            self.head = file.read(100)

    def read(self, out: BinaryIO) -> Reply:
        """Read all but the check."""
        if not self.size:
            self.reply.note("the file is empty (0 bytes): it never held a database")
            return self.reply
        had_journal, had_wal = self.disarm_journal(), self.wal.exists() and self.wal.stat().st_size > 0
        try:
            self.db, schema = self.open()
        except (sqlite3.Error, UnicodeError, MemoryError) as error:
            self.reply.note(f"the database cannot be opened: {visible(trouble_of(error))}")
            return self.reply
        self.reply.ended, self.reply.bytes_read = "whole", self.size
        self.note_state(had_journal, had_wal)
        self.pour_all(schema, Rows(out, self.limits, self.clock))
        if self.escaped:
            self.reply.note(f"bytes that are not UTF-8, or NUL, stand as \\xNN; values that hold such: {self.escaped}")
        return self.reply

    def disarm_journal(self) -> bool:
        """Blot out the name of a super-journal: SQLite would look for that file, wherever it is, and delete it."""
        if not self.journal.exists() or not self.journal.stat().st_size:
            return False
        with self.journal.open("r+b") as journal:
            journal.seek(max(0, journal.seek(0, os.SEEK_END) - 8))
            if journal.read() == bytes.fromhex("d9d505f920a163d7"):
                journal.seek(-8, os.SEEK_END)
                journal.write(bytes(8))
                self.reply.note(
                    "the journal is of a transaction over several databases: it is undone here, whatever became of it"
                )
        return True

    def open(self) -> tuple[sqlite3.Connection, list[tuple[object, ...]]]:
        """Open the copy and list what it declares; a damaged schema or a cut file gets a second, lenient try."""
        try:
            return self.attempt(lenient=False)
        except (sqlite3.Error, UnicodeError):
            found = self.attempt(lenient=True)
            self.reply.note("the file is damaged or cut: it was opened leniently, and what could be read is here")
            return found

    def attempt(self, *, lenient: bool) -> tuple[sqlite3.Connection, list[tuple[object, ...]]]:
        db = opened(str(self.path), self.limits, self.clock)
        try:
            if lenient:
                db.execute("PRAGMA writable_schema=ON").fetchall()
            db.execute("PRAGMA query_only=ON").fetchall()
            db.text_factory = self.text
            db.set_authorizer(may_read)
            return db, db.execute("SELECT type, name, rootpage, sql FROM sqlite_master").fetchmany(10 * MOST_TABLES)
        except (sqlite3.Error, UnicodeError):
            db.close()
            raise

    def text(self, raw: bytes) -> str:
        text = decoded(raw)
        self.escaped += len(text.encode()) != len(raw)
        return text

    def note_state(self, had_journal: bool, had_wal: bool) -> None:
        """Say what the header and the companions tell about the moment at which the file was copied."""
        page, pages = int.from_bytes(self.head[16:18], "big"), int.from_bytes(self.head[28:32], "big")
        expected = (65_536 if page == 1 else page) * pages
        if had_wal:
            self.reply.note("the database was read with its write-ahead log (-wal)")
        elif self.head[18:20] == b"\2\2":
            self.reply.note(
                "the database keeps a write-ahead log, and no -wal came with it: its last rows may be missing"
            )
        if expected > self.size and self.head[24:28] == self.head[92:96] and not had_wal:
            self.reply.note(f"the file is cut: by its header it has {expected} bytes, in truth {self.size}")
        if had_journal and not (self.journal.exists() and self.journal.stat().st_size):
            self.reply.note(
                "a transaction was under way when the file was copied: its changes are undone in what was read"
            )

    def pour_all(self, schema: list[tuple[object, ...]], rows: Rows) -> None:
        reply = self.reply
        reply.views, reply.triggers, reply.indexes = (
            sum(entry[0] == kind and bool(entry[3]) for entry in schema) for kind in ("view", "trigger", "index")
        )
        tables = sorted((str(name), bool(page), str(sql or "")) for kind, name, page, sql in schema if kind == "table")
        if len(tables) > MOST_TABLES:
            reply.note(f"{len(tables)} tables are declared; {MOST_TABLES} were read")
        for name, stored, declared in tables[:MOST_TABLES]:
            table = Table(name, declared=declared)
            reply.tables.append(table)
            if stored and not VIRTUAL_TABLE.match(declared.encode()):
                pour(self.db, table, rows, reply)
            else:
                reply.note(said_of_virtual(name))

    def check(self) -> str:
        """Let SQLite check the file; give "ok" or its first lines."""
        try:
            lines = [str(line) for (line,) in self.db.execute("PRAGMA quick_check(10)")]
        except (sqlite3.Error, UnicodeError, MemoryError) as error:
            lines = ["the check was not finished in time" if self.clock.over() else trouble_of(error)]
        return "\n".join(visible(line, 200) for line in "\n".join(lines).splitlines()[:10])


def read_database(path: Path, out: BinaryIO, limits: Limits, report: Callable[[Reply], None]) -> Reply:
    """Read a copied database; report before the check too, which is the likeliest to bring this process down."""
    database = Database(path, limits)
    reply = database.read(out)
    if reply.ended == "whole":
        reply.integrity = "the check did not end"
        out.flush()
        report(reply)
        reply.integrity = database.check()
        report(reply)
        check_rows(database.db, reply.tables, reply, database.clock)
        database.db.close()
    return reply


def confine(limits: Limits, files: int) -> None:
    """Have the system hold this process to its limits, as far as the system can."""
    if resource is None:
        return
    seconds = int(limits.seconds) + 5
    for name, most in {"AS": limits.memory, "CPU": seconds, "FSIZE": files, "CORE": 0, "NOFILE": 64}.items():
        try:
            limit = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(limit)[1]
            lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (lowest, lowest))
        except (AttributeError, ValueError, OSError):
            continue  # macOS knows some of these and refuses to set them.


def leave(reply: Reply) -> None:
    Path("reply.tmp").write_text(json.dumps(asdict(reply)), encoding="utf-8")
    os.replace("reply.tmp", "reply.json")


def main(arguments: list[str]) -> None:
    kind, asked = arguments[0], json.loads(arguments[1])
    limits = Limits(**asked["limits"])
    confine(limits, asked["files"])
    with open("rows.jsonl", "wb") as out:
        if kind == "dump":
            reply = read_dump(sys.stdin.buffer, os.fstat(0).st_size, out, limits, leave)
        else:
            reply = read_database(Path("room.db"), out, limits, leave)
    leave(reply)


if __name__ == "__main__":
    main(sys.argv[1:])
