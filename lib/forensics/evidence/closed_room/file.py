"""The private copy of a database file, read under an allow-list."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from forensics.evidence.closed_room.functions import PLAIN_FUNCTION
from forensics.evidence.closed_room.limits import (
    MOST_TABLES,
    Limits,
    Reply,
    Table,
    Work,
    decoded,
    opened,
    trouble_of,
    visible,
)
from forensics.evidence.closed_room.scan import Rows, check_rows, pour
from forensics.evidence.closed_room.statements import ACTIONS, VIRTUAL_TABLE, said_of_virtual


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
        self.path, self.limits, self.work, self.reply = path, limits, Work(limits.steps), Reply()
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
        self.pour_all(schema, Rows(out, self.limits, self.work))
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
        db = opened(str(self.path), self.limits, self.work)
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
            lines = [
                f"the check was not finished: {self.work.trouble(error)}" if self.work.over() else trouble_of(error)
            ]
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
        check_rows(database.db, reply.tables, reply, database.work)
        database.db.close()
    return reply
