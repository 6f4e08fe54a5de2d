"""The decoded text of a MySQL or MariaDB log of changes (mysqlbinlog): rows written and what else was done, and when."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json.encoder import encode_basestring

from forensics.evidence.databases import binlog_rows
from forensics.evidence.databases.found import MOST_REFUSALS, Refusal
from forensics.evidence.databases.rows import Rows
from forensics.evidence.databases.sql_text import (
    INSERT,
    MYSQL,
    BrokenError,
    Bytes,
    CutError,
    names,
    number,
    row,
    shown,
    visible,
)
from forensics.evidence.databases.tables import Table

EPOCH = datetime(1970, 1, 1)
MANY_ROWS = 100
"""As many rows taken away in one transaction are worth a line of their own."""
MOST_CHANGES = 10_000
SAYS_BINLOG = re.compile(
    rb"^# at \d+\r?\n#\d{6} +\d{1,2}:\d\d:\d\d server id \d+|^BINLOG '\r?$|^DELIMITER /\*!\*/;", re.M
)


def looks_like_binlog(head: bytes) -> bool:
    """Tell from its first bytes whether a text is what mysqlbinlog writes."""
    return bool(SAYS_BINLOG.search(head[:8192]))


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a log says was done, other than writing a row."""

    line: int
    position: int | None
    """Where it stands in the server's log."""
    time: datetime | None
    kind: str
    """schema or data"""
    summary: str


@dataclass(slots=True)
class Log:
    """What one log of changes was found to hold."""

    tables: dict[str, Table] = field(default_factory=dict)
    """By name, with the rows that were written."""
    altered: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    deeds: list[Deed] = field(default_factory=list)
    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    first_position: int | None = None
    """Where the first event stands after the one with which every log begins."""
    last_position: int | None = None
    exact: bool = False
    """Whether times are stated as seconds since 1970, and not only on the clock of whoever decoded it."""
    zone_s: int | None = None
    """Seconds by which the written stamps are ahead of UTC, where both stand together."""
    whole: bool = True
    refused: list[Refusal] = field(default_factory=list)
    refusals: int = 0
    notes: list[str] = field(default_factory=list)


_PIECE = re.compile(
    rb"(?P<blank>\s++)|"
    rb"\# at (?P<at>\d{1,18})\r?\n|"
    rb"\#(?P<day>\d{6}) +(?P<clock>\d{1,2}:\d\d:\d\d) server id \d+ +end_log_pos (?P<end>\d{1,18})[^\t\n]*+\t?(?P<event>[^\n]*+)\n|"
    rb"\# immediate_commit_timestamp=(?P<commit>\d{16})\b[^\n]*|"
    rb"(?P<pseudo>(?:\#\#\#[^\n]*+(?:\n|\Z))++)|"
    rb"(?P<over>\# End of log file[^\n]*)|"
    rb"(?P<comment>\#[^\n]*)|"
    rb"BINLOG '(?P<rows>[A-Za-z0-9+/=\s]*+)'\s*+(?:/\*!\*/)?;|"
    rb"DELIMITER[ \t]+(?P<delimiter>[^\n]*)"
)
_STATEMENT = re.compile(
    rb"(?P<text>(?>[^'\"`/#-]++|'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.|\"\")*+\"|`[^`]*+`|"
    rb"(?!/\*!\*/;)/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/|--(?=\s)[^\n]*+|\#[^\n]*+|/(?!\*)|-)*+)/\*!\*/;",
    re.S,
)
_SET_TIME = re.compile(r"SET TIMESTAMP=(\d{9,11}(?:\.\d{1,6})?)")
_FRAME = re.compile(r"(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|XA|SET|USE|/\*|SELECT|FLUSH)\b|/\*|$", re.I)
_SCHEMA = re.compile(r"(?:CREATE|ALTER|DROP|RENAME|TRUNCATE)\b", re.I)
_BARE = re.compile(r"(?:DELETE\s+FROM|UPDATE)\b(?!.*\b(?:WHERE|LIMIT)\b)", re.I | re.S)
_CHANGES_ROWS = re.compile(r"(?P<what>DELETE\s+FROM|UPDATE|REPLACE\s+INTO|INSERT\s+INTO)\s+(?P<table>[`\w$.]+)", re.I)
_PSEUDO_HEAD = re.compile(rb"### (?P<what>INSERT INTO|UPDATE|DELETE FROM) (?P<table>[^\n]+)")
_PSEUDO_CELL = re.compile(rb"^###   @\d+=(?P<value>'(?:[^'\\]++|\\.)*+'|[^\s']\S*+)", re.M)


class Reader:
    """Reads one decoded log from its first byte to its last."""

    def __init__(self, data: Bytes, rows: Rows) -> None:
        self.data, self.size, self.rows, self.log = data, len(data), rows, Log()
        self.position: int | None = None
        self.stamp: datetime | None = None
        """The last event's time, as written."""
        self.stated: datetime | None = None
        self.commit: datetime | None = None
        self.announced: int | None = None
        """Where a transaction is announced of which nothing stands here yet."""
        self.database = self.first_database = ""
        self.checksum = self.over = self.rows_are_read = False
        self.delimiter = b";"
        self.layouts: dict[int, binlog_rows.Layout] = {}
        self.taken: Counter[str] = Counter()
        """Rows that this transaction takes away, by table."""
        self.line, self.line_at = 1, 0

    def read(self) -> Log:
        """Read as far as there is something to understand."""
        at = 0
        while at < self.size:
            found = _PIECE.match(self.data, at)
            end = self.piece(found) if found else self.statement(at)
            if end is None:
                self.stop(f"the log is cut off at byte {self.size:,}, in what begins at byte {at:,}")
                break
            at = end
        self.transaction_ends()
        self.rows.flush()
        return self.conclude()

    def stop(self, why: str) -> None:
        """Say that the log was not read to its end."""
        self.log.whole = False
        self.log.notes.append(why)

    def piece(self, found: re.Match[bytes]) -> int:
        """Take in what is no statement."""
        if found["at"]:
            self.position = int(found["at"])
        elif found["day"]:
            self.event(found)
        elif found["commit"]:
            self.commit = EPOCH + timedelta(microseconds=int(found["commit"]))
            self.log.exact = True
            self.seen()
        elif found["rows"] is not None:
            self.row_events(found)
        elif found["pseudo"]:
            self.pseudo_rows(found)
        elif found["delimiter"]:
            self.delimiter = found["delimiter"].strip()
        self.over |= found["over"] is not None
        return found.end()

    def event(self, found: re.Match[bytes]) -> None:
        """Note an event's place and time."""
        self.rows_are_read = False
        try:
            self.stamp = datetime.strptime(f"{found['day'].decode()} {found['clock'].decode()}", "%y%m%d %H:%M:%S")
        except ValueError:
            self.stamp = None
        what = found["event"].strip()
        if not what.startswith((b"Start", b"Previous-GTIDs", b"Format")):
            self.log.events += 1
            begins = self.position if self.position is not None else int(found["end"])
            self.log.first_position = begins if self.log.first_position is None else self.log.first_position
            self.log.last_position = int(found["end"])
        self.announced = None
        if b"GTID" in what[:20]:
            self.commit = self.stated = None
            self.announced = self.position
        if what.startswith(b"Xid"):
            self.seen()

    def seen(self) -> datetime | None:
        """Give the time of what happens here, and let the log cover it."""
        when = self.commit or self.stated
        if when is None and self.stamp is not None:
            when = self.stamp - timedelta(seconds=self.log.zone_s or 0)
        if when is not None:
            self.log.first = min(self.log.first or when, when)
            self.log.last = max(self.log.last or when, when)
        return when

    def line_of(self, at: int) -> int:
        """Give the line on which a byte stands; bytes are asked for in order."""
        self.line += bytes(self.data[self.line_at : at]).count(b"\n")
        self.line_at = at
        return self.line

    def refuse(self, at: int, reason: str) -> None:
        """Name what was not taken in."""
        self.log.refusals += 1
        if len(self.log.refused) < MOST_REFUSALS:
            text = visible(shown(bytes(self.data[at : at + 120])))
            self.log.refused.append(Refusal(at, text, visible(reason, 300)))

    def deed(self, at: int, kind: str, summary: str) -> None:
        """Note that something was done."""
        when = self.seen()
        if len(self.log.deeds) < MOST_CHANGES:
            self.log.deeds.append(Deed(self.line_of(at), self.position, when, kind, visible(summary, 200)))

    # Statements

    def statement(self, at: int) -> int | None:
        """Understand a statement; give the byte after it, or None if the text ends first."""
        if self.delimiter == b";" or self.data[at : at + 3] == b"/*!":
            found = MYSQL.body.match(self.data, at)
            if found and not _STATEMENT.match(self.data, at, found.end()):
                return found.end()
        found = _STATEMENT.match(self.data, at)
        if not found:
            return None
        text = shown(found["text"]).strip()
        if stated := _SET_TIME.match(text):
            self.state_time(float(stated[1]))
        elif use := re.match(r"use\s+(.*)", text, re.I | re.S):
            self.database = "".join(names(use[1].encode(), MYSQL)[:1])
        elif re.match(r"(?:BEGIN|COMMIT|ROLLBACK)\b", text, re.I):
            self.transaction_ends()
        elif not _FRAME.match(text):
            self.act(found, text)
        return found.end()

    def state_time(self, seconds: float) -> None:
        """Take the time that the log states for what follows; it also tells the zone of the written stamps."""
        self.stated = EPOCH + timedelta(seconds=seconds)
        self.log.exact = True
        if self.stamp is not None and self.log.zone_s is None:
            ahead = (self.stamp - self.stated.replace(microsecond=0)).total_seconds()
            self.log.zone_s = round(ahead / 900) * 900

    def act(self, found: re.Match[bytes], text: str) -> None:
        """Note what a statement does: what it changes beyond rows is a deed, and rows that it spells out are rows."""
        at = found.start()
        inserted = INSERT.match(found["text"].strip())
        if inserted:
            self.spelled_out(at, found["text"].strip(), inserted)
        elif _SCHEMA.match(text):
            self.deed(at, "data" if re.match(r"TRUNCATE", text, re.I) else "schema", " ".join(text.split()))
        elif _BARE.match(text):
            self.deed(at, "data", f"every row: {' '.join(text.split())}")
        elif changed := _CHANGES_ROWS.match(text):
            self.seen()
            table = self.table(names(changed["table"].encode(), MYSQL))
            counted = self.log.removed if changed["what"].upper().startswith("DELETE") else self.log.altered
            counted[f"{table.name} (statements)"] += 1
        else:
            self.refuse(at, "this is not known to change rows or tables")

    def spelled_out(self, at: int, text: bytes, inserted: re.Match[bytes]) -> None:
        """Read the rows of an INSERT that the log keeps as it was written."""
        table = self.table(names(inserted["table"], MYSQL))
        columns, place = names(inserted["columns"], MYSQL), inserted.end()
        try:
            while True:
                read = row(text, place, MYSQL)
                self.keep(table, columns if len(columns) == len(read.values) else (), read.values)
                place = read.end
                if text[place:].lstrip()[:1] != b",":
                    return
                place = text.index(b",", place) + 1
        except (BrokenError, CutError) as error:
            self.refuse(at, f"its rows cannot be read: {error}")

    # Rows

    def table(self, parts: tuple[str, ...]) -> Table:
        """Give a table by its name; one of the first database by its own name alone."""
        database = parts[-2] if len(parts) > 1 else self.database
        self.first_database = self.first_database or database
        own = parts[-1] if parts else ""
        name = own if database == self.first_database else f"{database}.{own}"
        return self.log.tables.setdefault(name, Table(name))

    def keep(self, table: Table, columns: tuple[str, ...], values: list[str]) -> None:
        """Keep a row that was written, with the time at which it was."""
        columns = columns or tuple(f"@{place}" for place in range(1, len(values) + 1))
        table.columns = table.columns or columns
        table.rows += 1
        held = ", ".join(f"{encode_basestring(column)}: {value}" for column, value in zip(columns, values, strict=True))
        self.rows.add(table.name, table.rows, f"{{{held}}}", self.seen())

    def row_events(self, found: re.Match[bytes]) -> None:
        """Read the events that stand here in base64."""
        try:
            raw = base64.b64decode(found["rows"])
            for event in binlog_rows.events(raw):
                self.row_event(event)
        except (
            binascii.Error,
            binlog_rows.UnreadableError,
            IndexError,
            ValueError,
            OverflowError,
            struct.error,
        ) as error:
            self.refuse(found.start(), f"the rows of this event cannot be read: {error}")

    def row_event(self, event: bytes) -> None:
        kind = binlog_rows.kind_of(event)
        if kind == binlog_rows.FORMAT_DESCRIPTION:
            self.checksum = binlog_rows.checked(event)
        elif kind == binlog_rows.TABLE_MAP:
            layout = binlog_rows.layout(event, checksum=self.checksum)
            self.layouts[layout.number] = layout
        elif kind in binlog_rows.WRITES + binlog_rows.UPDATES + binlog_rows.DELETES:
            described = self.layouts.get(binlog_rows.table_number(event))
            if described is None:
                raise binlog_rows.UnreadableError("their table was not described before")
            table = self.table((described.database, described.table))
            for change in binlog_rows.changes(event, described, checksum=self.checksum):
                self.change(table, change.kind, described.names, change.after)
            self.rows_are_read = True

    def pseudo_rows(self, found: re.Match[bytes]) -> None:
        """Read rows that mysqlbinlog -v spells out, unless they were read from the event itself."""
        if self.rows_are_read:
            return
        spelled = found["pseudo"]
        heads = list(_PSEUDO_HEAD.finditer(spelled))
        for place, head in enumerate(heads):
            end = heads[place + 1].start() if place + 1 < len(heads) else len(spelled)
            part = spelled[head.end() : end]
            kind = {b"INSERT INTO": "written", b"UPDATE": "altered"}.get(head["what"], "removed")
            values = (
                [_pseudo_value(cell["value"]) for cell in _PSEUDO_CELL.finditer(part)] if kind == "written" else None
            )
            self.change(self.table(names(head["table"], MYSQL)), kind, (), values)

    def change(self, table: Table, kind: str, columns: tuple[str, ...], after: list[str] | None) -> None:
        """Count a changed row; keep it if it was written."""
        if kind == "written" and after is not None:
            self.keep(table, columns, after)
        elif kind == "altered":
            self.log.altered[table.name] += 1
        else:
            self.log.removed[table.name] += 1
            self.taken[table.name] += 1
        self.seen()

    def transaction_ends(self) -> None:
        """Note a transaction that took many rows away."""
        for table, count in sorted(self.taken.items()):
            if count >= MANY_ROWS:
                self.deed(self.line_at, "data", f"{count:,} rows removed from {table} in one transaction")
        self.taken.clear()

    def conclude(self) -> Log:
        """Say what is left to say."""
        log = self.log
        if log.whole and not self.over:
            log.whole = False
            log.notes.append("the log does not say that it ends: its end may be missing")
        if log.first_position is not None:
            log.notes.append(f"it holds positions {log.first_position:,} to {log.last_position:,} of the server's log")
        if self.announced is not None:
            when = f", at {self.commit:%Y-%m-%d %H:%M:%S} UTC" if self.commit else ""
            log.notes.append(
                f"its last transaction begins at {self.announced:,}{when}, and nothing of what it did is here: it was left out "
                "(--stop-position), or cut off"
            )
        for kind, counted in (("altered", log.altered), ("removed", log.removed)):
            if counted:
                said = ", ".join(f"{count:,} in {visible(table)}" for table, count in sorted(counted.items()))
                log.notes.append(f"rows {kind}: {said}")
        return log


def _pseudo_value(raw: bytes) -> str:
    r"""Read a value as mysqlbinlog -v writes it; it writes what cannot be shown as \xNN."""
    if raw.startswith(b"'") and raw.endswith(b"'"):
        plain = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda found: bytes.fromhex(found[1].decode()), raw[1:-1])
        return encode_basestring(shown(re.sub(rb"(?s)\\(.)", rb"\1", plain)))
    text = shown(raw.strip())
    if re.fullmatch(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", text):
        return number(text)
    return "null" if text.upper() == "NULL" else encode_basestring(text)
