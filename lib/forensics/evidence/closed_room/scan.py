"""The rows of a table, written down as far as they can be read, and what the table declares about them."""

import json
import math
import re
import sqlite3
from typing import Any, BinaryIO

from forensics.evidence.closed_room.limits import (
    MOST_COLUMNS,
    MOST_STEPS,
    Limits,
    Reply,
    Table,
    Work,
    quoted,
    trouble_of,
    visible,
)


class Rows:
    """Writes rows as JSON lines, up to a number of bytes."""

    def __init__(self, out: BinaryIO, limits: Limits, work: Work) -> None:
        self.out, self.most, self.work = out, limits.rows, work
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
            return rows.work.trouble(error)
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
        if not trouble or not scan.rowid or rows.full() or rows.work.over():
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


def check_rows(db: sqlite3.Connection, tables: list[Table], reply: Reply, work: Work) -> None:
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
            why = visible(work.trouble(error), 200)
            reply.note(f"the CHECK rules of table {visible(table.name)} were not asked: {why}")


HAS_CHECK = re.compile(r"\bCHECK\s*\(", re.I)
