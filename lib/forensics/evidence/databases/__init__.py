"""Databases as evidence: SQLite files and dumps, dumps of MySQL and PostgreSQL, logs of changes, read into the store."""

from __future__ import annotations

import json
import mmap
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from forensics.evidence.databases import binlog, changes, dump_words, dumps, sqlite_room, write_ahead
from forensics.evidence.databases.found import Dump
from forensics.evidence.databases.rows import Rows
from forensics.evidence.databases.rules import Violation
from forensics.evidence.databases.sql_text import Dialect, visible
from forensics.evidence.databases.states import compare as compare
from forensics.evidence.databases.tables import Measured, Table, measure
from forensics.evidence.intake import Found, open_readonly
from forensics.model import Clock, Problem, Status
from forensics.store import Store

COMPANIONS = ("-wal", "-journal", "-shm")
HEAD = 65_536
SHOWN = 20
"""As many refusals, and as many broken rules, are named one by one."""


@dataclass(slots=True)
class Reading:
    """What came of one database."""

    kind: str
    fmt: str
    status: Status = "ok"
    records: int = 0
    covers: tuple[datetime, datetime] | None = None
    clock: Clock | None = None
    problems: list[Problem] = field(default_factory=list)

    def trouble(
        self, code: str, message: str, remedy: str = "", status: Status = "partial", leaves_open: str = ""
    ) -> None:
        """Name something that keeps the evidence from being whole."""
        self.problems.append(Problem(code, message, remedy, leaves_open=leaves_open))
        self.status = status if self.status == "ok" else self.status


def is_database(head: bytes) -> bool:
    """Say whether these are the first bytes of an SQLite file."""
    return sqlite_room.looks_like_database(head)


def is_dump(head: bytes) -> bool:
    """Say whether these are the first bytes of a dump, of whatever database, or of a decoded log of changes."""
    return (
        sqlite_room.looks_like_dump(head) or binlog.looks_like_binlog(head) or dump_words.dialect_of(head) is not None
    )


def companions(found: list[Found]) -> dict[tuple[str, str], str]:
    """Return the -wal and -journal files that belong to a file beside them."""
    paths = {one.path for one in found}
    return {
        (path.removesuffix(suffix), suffix): path
        for path in paths
        for suffix in COMPANIONS
        if path.endswith(suffix) and path.removesuffix(suffix) in paths
    }


def beside(one: Found, known: dict[tuple[str, str], str], found: list[Found]) -> dict[str, Path]:
    """Return where the companions of this file are, by how their names end."""
    places = {other.path: other.place for other in found if not other.refused}
    return {suffix: places[path] for (owner, suffix), path in known.items() if owner == one.path and path in places}


def inventory(store: Store) -> list[dict[str, object]]:
    """Return one record per table of every database: rows, last write, rows per minute, what its rows break."""
    return store.records("database_inventory")


def minutes(store: Store, path: str | None = None) -> list[dict[str, object]]:
    """Return one record per minute and table in which rows were written: how many. None: of every database."""
    return store.records("database_minutes", path=path)


def read(store: Store, path: str, place: Path, work: Path, beside_it: dict[str, Path], *, is_dump: bool) -> Reading:
    """Read a database or dump into the store's tables of tables and rows."""
    with open_readonly(place) as file:
        head = file.read(HEAD)
    if not is_dump or sqlite_room.looks_like_dump(head):
        return _sqlite(store, path, place, work, beside_it, None if is_dump else head)
    with open_readonly(place) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if binlog.looks_like_binlog(head):
            return _log(store, path, binlog.Reader(data, Rows(store, path)).read())
        dialect = dump_words.dialect_of(head)
        assert dialect is not None, "only what `is_dump` knows is read here"
        return _foreign(store, path, dumps.Reader(data, dialect, Rows(store, path)).read(), dialect)


# SQLite

SQLITE_REMEDY = (
    "sqlite3 -readonly -cmd '.timeout 30000' local.db \".dump\" > database-state.sql; tail -1 database-state.sql"
)
_ENDS: dict[str, tuple[str, Status]] = {
    "rollback": ("dump-rolled-back", "partial"),
    "truncated": ("cut", "partial"),
    "locked": ("database-locked", "partial"),
    "unreadable": ("unreadable", "unreadable"),
}
_NO_TABLES = "it holds no table: where the path that sqlite3 is given does not exist, it makes an empty database and exits with 0"
_BROKEN = re.compile(r"(NOT NULL|UNIQUE|CHECK) constraint failed: (.*)", re.S)


def _sqlite(
    store: Store, path: str, place: Path, work: Path, beside_it: dict[str, Path], head: bytes | None
) -> Reading:
    """Read a dump, or a database file if its first bytes are given."""
    is_dump = head is None
    room = work / "sqlite"
    room.mkdir(exist_ok=True)
    found = sqlite_room.read_dump(place, room) if is_dump else sqlite_room.read_file(place, room, companions=beside_it)
    reading = Reading("sqlite-dump", "sqlite-dump") if is_dump else Reading("sqlite-database", "sqlite-file")
    if found.ended in _ENDS:
        code, status = _ENDS[found.ended]
        reading.trouble(code, "; ".join(found.notes) or f"the dump is {found.ended}", SQLITE_REMEDY, status)
    elif found.notes:
        reading.problems.append(Problem("note", "; ".join(found.notes)))
    if head is not None and found.bytes_read and "-wal" not in beside_it:
        _without_log(reading, path, head, beside_it.get("-shm"))
    if found.integrity not in ("", "ok"):
        reading.trouble("integrity", f"quick_check says: {found.integrity}", SQLITE_REMEDY)
    _name_refusals(reading, [(one.offset, one.reason, one.statement) for one in found.refused], len(found.refused))
    if any("in part" in note or "not read" in note for note in found.notes):
        reading.status = "partial" if reading.status == "ok" else reading.status
    if found.rows_file is not None:
        _load(store, path, found.rows_file)
        shutil.rmtree(found.rows_file.parent, ignore_errors=True)
    tables = [Table(one.name, one.columns, one.rows, one.declared, one.rules) for one in found.tables]
    known = [
        Violation(one.name, "check", "a CHECK of its declaration", one.failed_checks)
        for one in found.tables
        if one.failed_checks
    ]
    known += [violation for said, count in found.broken for violation in _refused_row(said, count)]
    if not tables and reading.status == "ok":
        if not reading.problems:
            reading.trouble("no-tables", _NO_TABLES, SQLITE_REMEDY, "empty")
        reading.status = "empty"
    _conclude(store, path, reading, measure(store, path, tables, known), tables, zones_stated=False)
    _state(store, path, "sqlite", reading, integrity=found.integrity)
    return reading


def _without_log(reading: Reading, path: str, head: bytes, index: Path | None) -> None:
    """Say what may be missing with a log that did not come along."""
    if index is not None:
        with open_readonly(index) as file:
            held = file.read(HEAD)
    lacking = write_ahead.absent(path, head, held if index is not None else None)
    if lacking is not None:
        problem, status = lacking
        reading.problems.append(problem)
        reading.status = status if reading.status == "ok" else reading.status


def _refused_row(said: str, count: int) -> list[Violation]:
    """Read SQLite's own words about rows that a dump's table did not take."""
    found = _BROKEN.match(said)
    if not found:
        return []
    what, where = found[1], visible(found[2])
    table, _, column = where.partition(".")
    refused = "rows of the dump that its table refused"
    if what == "CHECK":
        return [Violation("", "check", f"CHECK {where}; {refused}", count)]
    if what == "UNIQUE":
        return [Violation(table, "doubles", f"{where} may not stand twice; {refused}", count)]
    return [Violation(table, "empty", f"{column} may not be empty; {refused}", count)]


def _load(store: Store, path: str, rows_file: Path) -> None:
    """Take the rows that the closed room left."""
    rows = Rows(store, path)
    with rows_file.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            rows.add(record["table"], record["row"], record["values"])
    rows.flush()


# Dumps of others

_FOREIGN = {
    "mysql": (
        "MySQL or MariaDB",
        "mysql-dump",
        "mysqldump --single-transaction --hex-blob --result-file=dump.sql DATABASE && tail -1 dump.sql",
    ),
    "postgres": ("PostgreSQL", "postgresql-dump", "pg_dump --file=dump.sql DATABASE && tail -4 dump.sql"),
}


def _foreign(store: Store, path: str, dump: Dump, dialect: Dialect) -> Reading:
    whose, fmt, remedy = _FOREIGN[dialect.name]
    reading = Reading("document", fmt)
    tables = list(dump.tables.values())
    if dump.messages and not tables:
        said = f"the dump was not made: {dump.messages[0]}"
        reading.trouble("command-failed", said, remedy, "error-payload", "What did the database hold?")
        return reading
    made = f", made by {dump.program}" if dump.program else ""
    note = f"a dump of {whose}{made}: its declarations and rows are read as data; nothing in it is carried out"
    reading.problems.append(Problem("foreign-dump", note))
    if not dump.whole:
        reading.trouble("cut", "; ".join(dump.notes), remedy)
    elif dump.notes:
        reading.problems.append(Problem("note", "; ".join(dump.notes)))
    _name_refusals(reading, [(one.offset, one.reason, one.statement) for one in dump.refused], dump.refusals)
    if dump.taken is not None:
        told = f"A dump of the database was completed ({_counted(len(tables), 'table')})"
        store.add(
            "events",
            ["path", "time", "kind", "what", "text", "weight"],
            [[path, dump.taken, "action", "dump", told, 2]],
        )
    measured = measure(store, path, tables, [])
    stated = measured.zones_stated and (dialect.folds or dump.zone in ("+00:00", "UTC"))
    _conclude(store, path, reading, measured, tables, zones_stated=stated)
    _state(store, path, dialect.name, reading, dump.taken, log=(dump.log_file, dump.log_position))
    return reading


def _log(store: Store, path: str, log: binlog.Log) -> Reading:
    reading = Reading("changes", "mysql-binlog")
    if not log.whole:
        reading.trouble("cut", "; ".join(log.notes), "mysqlbinlog -v --result-file=changes.sql BINLOG-FILE")
    elif log.notes:
        reading.problems.append(Problem("note", "; ".join(log.notes)))
    _name_refusals(reading, [(one.offset, one.reason, one.statement) for one in log.refused], log.refusals)
    deeds = [
        [
            path,
            deed.line,
            f"log position {deed.position}" if deed.position is not None else None,
            deed.time,
            deed.kind,
            deed.summary,
        ]
        for deed in log.deeds
    ]
    store.add("changes", ["path", "line", "id", "time", "kind", "summary"], deeds)
    tables = list(log.tables.values())
    measure(store, path, tables, [])
    reading.records = log.events
    reading.covers = (log.first, log.last) if log.first is not None and log.last is not None else None
    if reading.covers:
        reading.clock = Clock("UTC", "stated" if log.exact else "assumed", float(log.zone_s or 0))
    _state(store, path, "mysql-log", reading, log=("", log.first_position))
    return reading


def _name_refusals(reading: Reading, refused: Sequence[tuple[int, str, str]], count: int) -> None:
    """Name what was refused, and count the rest."""
    for offset, reason, statement in refused[:SHOWN]:
        reading.trouble("refused-statement", f"at byte {offset:,}: {reason}: {statement}")
    if count > SHOWN:
        reading.problems.append(
            Problem("refused-statements", f"{count:,} statements or rows were refused; {SHOWN} are shown")
        )


def _conclude(
    store: Store, path: str, reading: Reading, measured: Measured, tables: list[Table], *, zones_stated: bool
) -> None:
    """Say what the rows say of themselves."""
    changes.tell(store, path, tables)
    reading.records = sum(table.rows for table in tables)
    if measured.first is not None and measured.last is not None:
        reading.covers = (measured.first, measured.last)
        reading.clock = Clock("UTC", "stated" if zones_stated else "assumed")
    for count, what in (
        (measured.unasked, "which rules their rows break"),
        (measured.undated, "when they were written"),
    ):
        if count:
            said = (
                f"{count:,} of {len(tables):,} tables were not asked {what}: there is more to look through than is done"
            )
            reading.problems.append(Problem("note", said))
    perhaps = "" if reading.status == "ok" else " (perhaps only because the evidence is not whole)"
    for one in measured.violations[:SHOWN]:
        reading.problems.append(Problem("broken-rule", _said(one) + perhaps))
    if len(measured.violations) > SHOWN:
        count = len(measured.violations)
        reading.problems.append(Problem("broken-rules", f"{count:,} rules are broken by rows; {SHOWN} are shown"))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _said(violation: Violation) -> str:
    """Say which rule is broken, by how many rows, with an example."""
    rows = _counted(violation.rows, "row")
    table = f"table {visible(violation.table)}" if violation.table else "a table"
    example = f", such as {violation.example}" if violation.example else ""
    words = {
        "orphans": f"{rows} of {table} name rows that are not there",
        "empty": f"{rows} of {table} are empty where they may not be",
        "doubles": f"{rows} of {table} repeat what may stand once",
        "check": f"{rows} of {table} fail a check",
    }
    return f"{words[violation.kind]} ({violation.rule}){example}"


def _state(
    store: Store,
    path: str,
    dialect: str,
    reading: Reading,
    taken: datetime | None = None,
    integrity: str = "",
    log: tuple[str, int | None] = ("", None),
) -> None:
    columns = ["path", "dialect", "whole", "taken", "integrity", "log_file", "log_position"]
    whole = reading.status == "ok"
    store.add("database_states", columns, [[path, dialect, whole, taken, integrity or None, log[0] or None, log[1]]])
