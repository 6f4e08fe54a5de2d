"""The closed room in which SQLite evidence is read: a child process with counted steps and no path to anything else.

Nothing here opens a database. A dump is handed to the child as its standard input, read-only; a database file is copied
first, with its -wal and -journal, because merely opening one can change it.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from forensics.evidence.databases.rules import Reference, Rules

LIBRARY = Path(__file__).resolve().parents[3]
CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from forensics.evidence.closed_room.child import main; main(sys.argv[2:])"
COMPANIONS = ("-wal", "-journal")
MEBIBYTE = 1 << 20
LEAST_SECONDS = 300.0
BYTES_PER_SECOND = 250_000
"""So slow is no machine: a child that takes longer hangs, and is ended. What is read is bounded by steps, not by time."""
LEAST_STEPS = 100_000_000
STEPS_PER_BYTE = 20


@dataclass(frozen=True, slots=True)
class TableReading:
    """One table that the evidence declares; a virtual one has no columns and no rows here, since it is never run."""

    name: str
    """As the evidence has it; it may hold anything, so escape it before it is shown."""
    columns: tuple[str, ...]
    """Those that hold data; a column computed on reading (VIRTUAL) is left out."""
    rows: int
    """How many could be read, which is how many stand in `rows_file`."""
    declared: str
    """The CREATE statement as the evidence has it, or "" if there was none."""
    rules: Rules = field(default_factory=Rules)
    failed_checks: int = 0
    """Rows that do not pass the CHECK rules of the table; a hundred means a hundred or more."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One statement of a dump that was not carried out."""

    offset: int
    """The byte of the dump at which the statement begins."""
    statement: str
    """Its first 120 characters, control characters escaped."""
    reason: str
    """Such as "ATTACH is not allowed in the closed room", or SQLite's own words."""


@dataclass(frozen=True, slots=True)
class DatabaseReading:
    """What one dump or database file was found to hold."""

    ended: str
    """A dump: "commit", "rollback", "truncated", "locked" (nothing but the news of a lock), or "whole" if it has no
    BEGIN and no COMMIT. A database file: "whole", damaged or not (see `integrity`). Either: "unreadable"."""
    integrity: str
    """What `quick_check` says of a database file: "ok", or its first lines. Empty for dumps."""
    tables: tuple[TableReading, ...]
    """By name."""
    rows_file: Path | None
    """JSON lines, one per row: `table`, `row` (from 1 in each table) and `values`, itself a JSON object in text, column
    to value. By table, then by row number. Blobs are `{"blob": first 32 bytes in hex, "bytes": length}`, infinities
    `{"number": "Infinity"}`; NUL and bytes that are not UTF-8 stand as \\xNN. A line can be many megabytes long:
    give DuckDB a `maximum_object_size`. None: no rows. It lies alone in a folder, which is the caller's to remove."""
    refused: tuple[Refusal, ...]
    """The first hundred, in the order of the dump; a note gives the number if there were more."""
    views: int
    """Recorded, never made."""
    triggers: int
    """Recorded, never fired."""
    indexes: int
    """Recorded, never built."""
    bytes_read: int
    """How far the evidence was understood: a dump was cut there if it is less than its size. 0 if unreadable."""
    notes: tuple[str, ...]
    """Plain sentences for people, control characters escaped."""
    broken: tuple[tuple[str, int], ...] = ()
    """Rows of a dump that were refused because they break a rule: SQLite's own words, and how often."""


def looks_like_database(head: bytes) -> bool:
    """Tell from its first bytes whether a file is a SQLite database."""
    return head.startswith(b"SQLite format 3\0")


COMMENTS = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|--[^\n]*(?:\n|\Z)|/\*(?!!)(?s:.*?)\*/|\.dbconfig[^\n]*\n)*+")
FRAME = re.compile(rb"PRAGMA\s+\w+\s*=|BEGIN(\s+TRANSACTION)?\s*;", re.I)
FIRST = re.compile(rb"(INSERT\s+INTO|CREATE\s+(TABLE|VIEW|TRIGGER|INDEX|UNIQUE\s+INDEX|VIRTUAL\s+TABLE))\s[^;]*+", re.I)
FOREIGN = re.compile(rb"\bENGINE\s*=|\bAUTO_INCREMENT\b|(INTO|TABLE)\s+(`|public\.)", re.I)


def looks_like_dump(head: bytes) -> bool:
    """Tell from its first bytes whether a text is what `sqlite3 … .dump` writes, and not mysqldump or pg_dump."""
    start = COMMENTS.match(head)
    at = start.end() if start else 0
    first = FIRST.match(head, at)
    return bool(FRAME.match(head, at)) or bool(first and not FOREIGN.search(first[0]))


def read_dump(dump: Path, work: Path, *, memory_mb: int = 512, **limits: float) -> DatabaseReading:
    """Load a dump, statement by statement, into a database that is thrown away; leave its rows in `work`."""
    try:
        with _whole(dump).open("rb") as evidence:
            size = os.fstat(evidence.fileno()).st_size
            return _asked("dump", _room(work), evidence, _limits(size, memory_mb) | limits)
    except OSError as error:
        return _unreadable(f"the dump cannot be read: {error.strerror or error}")


def read_file(
    database: Path,
    work: Path,
    *,
    companions: Mapping[str, Path] | None = None,
    memory_mb: int = 512,
    **limits: float,
) -> DatabaseReading:
    """Read a copy of a database file; leave its rows in `work`.

    `companions` are the files that belong to it, `{"-wal": …, "-journal": …}`; left out, they are looked for beside it.
    """
    if companions is None:
        beside = {end: database.with_name(database.name + end) for end in COMPANIONS}
        companions = {end: path for end, path in beside.items() if path.is_file() and not path.is_symlink()}
    sources = {"": database} | {end: companions[end] for end in COMPANIONS if end in companions}
    room: Path | None = None
    try:
        room = _room(work)
        size = sum(_copied(source, room / f"room.db{end}") for end, source in sources.items())
        return _asked("file", room, None, _limits(size, memory_mb) | limits)
    except OSError as error:
        if room:
            shutil.rmtree(room, ignore_errors=True)
        return _unreadable(f"the database cannot be read: {error.strerror or error}")


def _whole(source: Path) -> Path:
    """Refuse what is no plain file: a pipe would never end."""
    if not source.is_file():
        raise OSError("it is missing, or it is not a file")
    return source


def _room(work: Path) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="room-", dir=work)).absolute()


def _copied(source: Path, target: Path) -> int:
    return shutil.copyfile(_whole(source), target).stat().st_size


def _limits(size: int, memory_mb: int) -> dict[str, float]:
    """Allow what evidence of that size can need: rows of JSON, database pages and steps all grow with it."""
    room = 64 * MEBIBYTE + 8 * size
    return {
        "seconds": LEAST_SECONDS + size / BYTES_PER_SECOND,
        "steps": LEAST_STEPS + STEPS_PER_BYTE * size,
        "memory": memory_mb * MEBIBYTE,
        "rows": room,
        "pages": room // 4096,
    }


def _asked(kind: str, room: Path, evidence: BinaryIO | None, limits: dict[str, float]) -> DatabaseReading:
    """Run the child in its room, and clear the room of all but the rows."""
    asked = json.dumps({"limits": limits, "files": 2 * limits["rows"]})
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", CHILD, str(LIBRARY), kind, asked]
    try:
        trouble = _run(command, room, evidence, limits["seconds"])
        return _reading(room, trouble)
    finally:
        _cleared(room)


def _run(command: list[str], room: Path, evidence: BinaryIO | None, seconds: float) -> str:
    """Run the child to its end or to the deadline; give what went wrong, or ""."""
    kept = {
        name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ
    }
    environment = {**kept, "SQLITE_TMPDIR": str(room), "TMPDIR": str(room), "TEMP": str(room)}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own file
            command,
            cwd=room,
            env=environment,
            stdin=evidence or subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the reader did not end within {seconds:g} s and was stopped"
    if done.returncode < 0:
        return f"the reader was ended by signal {-done.returncode} ({signal.Signals(-done.returncode).name})"
    last = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()[-1:]
    return f"the reader stopped: {''.join(last)[:300]!a}" if done.returncode else ""


def _reading(room: Path, trouble: str) -> DatabaseReading:
    reply = room / "reply.json"
    if not reply.is_file():
        return _unreadable(trouble or "the reader left no answer")
    return _from_reply(json.loads(reply.read_text("utf-8")), room / "rows.jsonl", (trouble,) if trouble else ())


def _from_reply(found: dict[str, Any], rows: Path, further: tuple[str, ...]) -> DatabaseReading:
    tables = (
        TableReading(
            one["name"], tuple(one["columns"]), one["rows"], one["declared"], _rules(one), one["failed_checks"]
        )
        for one in found["tables"]
    )
    return DatabaseReading(
        ended=found["ended"],
        integrity=found["integrity"],
        tables=tuple(tables),
        rows_file=rows if rows.is_file() and rows.stat().st_size else None,
        refused=tuple(Refusal(one["offset"], one["statement"], one["reason"]) for one in found["refused"]),
        views=found["views"],
        triggers=found["triggers"],
        indexes=found["indexes"],
        bytes_read=found["bytes_read"],
        notes=(*found["notes"], *further),
        broken=tuple(sorted(found["broken"].items())),
    )


def _rules(table: dict[str, Any]) -> Rules:
    return Rules(
        key=tuple(table["key"]),
        required=tuple(table["required"]),
        unique=tuple(tuple(one) for one in table["unique"]),
        references=tuple(
            Reference(tuple(one["columns"]), one["table"], tuple(one["to"])) for one in table["references"]
        ),
    )


def _cleared(room: Path) -> None:
    """Remove everything but the rows; if there are none, the room too."""
    rows = room / "rows.jsonl"
    if (room / "reply.json").is_file() and rows.is_file() and rows.stat().st_size:
        for left in room.iterdir():
            if left != rows:
                left.unlink(missing_ok=True)
    else:
        shutil.rmtree(room, ignore_errors=True)


def _unreadable(why: str) -> DatabaseReading:
    return DatabaseReading("unreadable", "", (), None, (), 0, 0, 0, 0, (why,))
