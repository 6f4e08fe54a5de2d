"""What one reading may cost, what it found, and how a database is opened so that it can do nothing."""

import sqlite3
from dataclasses import dataclass, field
from typing import Any

MEBIBYTE = 1 << 20
NOT_ALLOWED = "is not allowed in the closed room"
MOST_TABLES = 10_000
MOST_REFUSALS = 100
MOST_NOTES = 200
MOST_STEPS = 1000
TICK = 10_000
"""Instructions of SQLite's own machine between two looks at how many there were."""
MOST_COLUMNS = 2000
"""SQLite's own limit: a table that wide leaves no place for its row number in a query."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may cost."""

    seconds: float = 300.0
    """After these the process is ended from outside, as a failure that is named; what is read never depends on them."""
    steps: int = 1 << 30
    """Instructions of SQLite's own machine, and bytes of a dump that are looked at: as many on every machine."""
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


class Work:
    """How many steps were taken: a question, and SQLite's progress handler."""

    def __init__(self, most: int) -> None:
        self.most, self.done = most, 0

    def over(self, share: float = 1.0) -> bool:
        return self.done > self.most * share

    def tick(self) -> bool:
        self.done += TICK
        return self.over()

    def trouble(self, error: BaseException) -> str:
        """Say what stopped a query."""
        return f"the limit of {self.most} steps was reached" if self.over() else trouble_of(error)


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


def opened(path: str, limits: Limits, work: Work) -> sqlite3.Connection:
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
    db.set_progress_handler(work.tick, TICK)
    return db
