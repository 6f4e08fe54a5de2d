"""SQLite evidence: dumps and files, read in the closed room, into the store."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from forensics.evidence import sqlite_room
from forensics.evidence.intake import Found
from forensics.evidence.values import instant
from forensics.model import Problem, Status
from forensics.store import Store

CENTURY = (datetime(2000, 1, 1), datetime(2100, 1, 1))
COMPANIONS = ("-wal", "-journal", "-shm")


@dataclass(slots=True)
class Reading:
    """What came of one database."""

    status: Status = "ok"
    records: int = 0
    covers: tuple[datetime, datetime] | None = None
    problems: list[Problem] = field(default_factory=list)


def is_database(head: bytes) -> bool:
    """Say whether these are the first bytes of an SQLite file."""
    return sqlite_room.looks_like_database(head)


def is_dump(head: bytes) -> bool:
    """Say whether these are the first bytes of an SQLite dump."""
    return sqlite_room.looks_like_dump(head)


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
    """Return where the companions of this file are."""
    places = {other.path: other.place for other in found if not other.refused}
    return {
        suffix: places[path]
        for (owner, suffix), path in known.items()
        if owner == one.path and path in places and suffix != "-shm"
    }


def read(store: Store, path: str, place: Path, work: Path, beside_it: dict[str, Path], *, is_dump: bool) -> Reading:
    """Read a database or dump into the store's tables of tables and rows."""
    room = work / "sqlite"
    room.mkdir(exist_ok=True)
    found = sqlite_room.read_dump(place, room) if is_dump else sqlite_room.read_file(place, room, companions=beside_it)
    reading = Reading()
    codes: dict[str, tuple[str, Status]] = {
        "rollback": ("dump-rolled-back", "partial"),
        "truncated": ("cut", "partial"),
        "locked": ("database-locked", "partial"),
        "unreadable": ("unreadable", "unreadable"),
    }
    if found.ended in codes:
        code, reading.status = codes[found.ended]
        message = "; ".join(found.notes) or f"the dump is {found.ended}"
        reading.problems.append(Problem(code, message, _REMEDY))
    elif found.notes:
        reading.problems.append(Problem("note", "; ".join(found.notes)))
    if found.integrity not in ("", "ok"):
        reading.status = "partial"
        reading.problems.append(Problem("integrity", f"quick_check says: {found.integrity}", _REMEDY))
    for refusal in found.refused[:20]:
        reading.problems.append(
            Problem("refused-statement", f"at byte {refusal.offset:,}: {refusal.reason}: {refusal.statement}")
        )
    if found.refused or any("in part" in note or "not read" in note for note in found.notes):
        reading.status = "partial" if reading.status == "ok" else reading.status
    if found.rows_file is not None:
        _load(store, path, found.rows_file)
        shutil.rmtree(found.rows_file.parent, ignore_errors=True)
    names = ["path", "name", "columns", "rows", "declared", "first_time", "last_time", "time_column"]
    rows = []
    times: list[datetime] = []
    for table in found.tables:
        column, first, last = _times(store, path, table.name, table.columns)
        rows.append([path, table.name, json.dumps(table.columns), table.rows, table.declared, first, last, column])
        reading.records += table.rows
        if first is not None and last is not None:
            times += [first, last]
    store.add("database_tables", names, rows)
    reading.covers = (min(times), max(times)) if times else None
    return reading


_REMEDY = "sqlite3 -readonly -cmd '.timeout 30000' local.db \".dump\" > database-state.sql; tail -1 database-state.sql"


def _load(store: Store, path: str, rows_file: Path) -> None:
    tables: list[str] = []
    numbers: list[int] = []
    values: list[str] = []
    if rows_file.suffix == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415  only where a file of rows is there

        table = pq.read_table(rows_file)
    else:
        for line in rows_file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            tables.append(record["table"])
            numbers.append(record["row"])
            held = record["values"]
            values.append(held if isinstance(held, str) else json.dumps(held, ensure_ascii=False))
        table = pa.table({"table": tables, "row": numbers, "values": values})
    store.lend("arriving_rows", table)
    store.run("database_rows_add", path=path)
    store.take_back("arriving_rows")


def _times(
    store: Store, path: str, table: str, columns: tuple[str, ...]
) -> tuple[str | None, datetime | None, datetime | None]:
    """Return the column that holds the latest times of a table, found by what it holds, and the times it covers."""
    best: tuple[str | None, datetime | None, datetime | None] = (None, None, None)
    for column in columns:
        rows = store.rows("database_column", path=path, table=table, at="$." + json.dumps(column))
        times = [_plausible(_unquoted(value)) for (value,) in rows]
        found = [time for time in times if time is not None]
        if not found or len(found) < 0.9 * len([value for (value,) in rows if value not in (None, "null")]):
            continue
        if best[2] is None or max(found) > best[2]:
            best = (column, min(found), max(found))
    return best


def _plausible(value: object) -> datetime | None:
    """Return the time a cell states; a number only if it lies in this century, for most numbers are no times."""
    time = instant(value)
    if time is None or (not isinstance(value, str) and not CENTURY[0] <= time < CENTURY[1]):
        return None
    return time


def _unquoted(value: str | None) -> object:
    if value is None:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None
