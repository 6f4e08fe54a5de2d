"""The tables of a database once their rows are in the store: when rows were written, and which break a rule."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from forensics.evidence.databases import rules as rules_of
from forensics.evidence.databases.rules import Allowance, Rules, Violation, pointer
from forensics.store import Store

NEARLY_ALL = 0.9
"""As large a part of a column's cells must be times, and of its rows come in their order."""


@dataclass(slots=True)
class Table:
    """One table of a database, and how many of its rows were read."""

    name: str
    """As the evidence has it; it may hold anything, so escape it before it is shown."""
    columns: tuple[str, ...] = ()
    rows: int = 0
    declared: str = ""
    """The CREATE statement as the evidence has it, or "" if there was none."""
    rules: Rules = field(default_factory=Rules)
    computed: frozenset[str] = frozenset()
    """Columns that are worked out from others."""
    holds: dict[str, str] = field(default_factory=dict)
    """What kind of value each column is declared for, where that is known: number, truth, bytes, instant, other."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rows of one database say."""

    first: datetime | None
    last: datetime | None
    zones_stated: bool
    """Whether every column from which times were taken states their zone."""
    violations: list[Violation]
    unasked: int
    """How many tables were not asked which rules their rows break, because there is too much to ask."""
    undated: int
    """How many were not asked when their rows were written, for the same reason."""


def measure(store: Store, path: str, tables: Iterable[Table], violations: list[Violation]) -> Measured:
    """Put the tables of one database into the store, with what their rows say; `violations` are those known before."""
    listed = list(tables)
    allowance = Allowance(dict(store.rows("database_sizes", path=path)), rules_of.MOST)
    written, undated = _written(store, path, listed, allowance)
    columns = ["path", "name", "columns", "rows", "declared", "first_time", "last_time", "time_column", "key"]
    rows = []
    for one in listed:
        when = written.get(one.name, _Written())
        rows.append(
            [
                path,
                one.name,
                json.dumps(one.columns),
                one.rows,
                one.declared,
                when.first,
                when.last,
                when.column,
                json.dumps(one.rules.key),
            ]
        )
    store.add("database_tables", columns, rows)
    ruled = {one.name: (one.rules, one.columns, one.rows) for one in listed}
    found, unasked = rules_of.broken(store, path, ruled, allowance)
    found = violations + found
    store.add(
        "database_violations",
        ["path", "table", "kind", "rule", "rows", "example"],
        [[path, one.table, one.kind, one.rule, one.rows, one.example] for one in found],
    )
    times = [moment for one in written.values() for moment in (one.first, one.last) if moment is not None]
    holds = {table.name: table.holds for table in listed}
    stated = [holds[name].get(one.column) == "instant" for name, one in written.items() if one.column]
    first, last = min(times, default=None), max(times, default=None)
    return Measured(first, last, bool(stated) and all(stated), found, unasked, undated)


@dataclass(frozen=True, slots=True)
class _Written:
    """When the rows of a table were written, and the column that tells it."""

    first: datetime | None = None
    last: datetime | None = None
    column: str | None = None


def _written(store: Store, path: str, tables: list[Table], allowance: Allowance) -> tuple[dict[str, _Written], int]:
    """Find when the rows of each table were written, and by which column, both by what the columns hold; and how many
    tables this was not asked of."""
    spans = store.rows("database_span", path=path)
    if spans:  # the evidence itself says when each row was written
        return {name: _Written(first, last) for name, first, last in spans}, 0
    perhaps = {name: columns for name, columns in _perhaps_times(store, path, tables).items() if columns}
    asked = [table for table in tables if table.name in perhaps and allowance.covers([table.name] * 3)]
    dated = {table.name: _dated(store, path, table, perhaps[table.name]) for table in asked}
    best = {name: min(columns, key=_Dated.unlikely) for name, columns in dated.items() if columns}
    store.lend("told", pa.table({"table": list(best), "at": [pointer(one.column) for one in best.values()]}))
    store.run("database_written", path=path)
    store.take_back("told")
    found = {}
    newest = max((one.last for one in best.values()), default=None)
    for name, one in best.items():
        others = [pointer(other.column) for other in dated[name] if other is not one and other.last > one.last]
        later = store.rows("database_later", path=path, table=name, at=others, newest=newest) if others else []
        found[name] = _Written(one.first, max([one.last, *(last for _, last in later)]), one.column)
    return found, len(perhaps) - len(asked)


LIKE_A_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d|\d{9,19}(?:\.|$)")


def _perhaps_times(store: Store, path: str, tables: list[Table]) -> dict[str, list[str]]:
    """Leave out, by a few rows of each table, the columns that hold something else than times."""
    filled: dict[str, Counter[str]] = {}
    other: dict[str, Counter[str]] = {}
    for name, values in store.rows("database_sample", path=path):
        cells = [(column, str(cell)) for column, cell in json.loads(values).items() if cell is not None]
        filled.setdefault(name, Counter()).update(column for column, _ in cells)
        other.setdefault(name, Counter()).update(column for column, cell in cells if not LIKE_A_TIME.match(cell))
    return {
        table.name: [
            column
            for column in table.columns
            if other[table.name][column] <= (1 - NEARLY_ALL) * filled[table.name][column]
        ]
        for table in tables
        if table.name in other
    }


def _dated(store: Store, path: str, table: Table, columns: list[str]) -> list[_Dated]:
    """Return the columns of a table that hold times."""
    asked = store.rows("database_columns", path=path, table=table.name, at=[pointer(column) for column in columns])
    return [
        _Dated(columns[place - 1], place, filled, first, last, rising)
        for place, filled, times, to_the_second, first, last, rising in asked
        if to_the_second and times >= NEARLY_ALL * filled  # a day alone is a birthday, or a date to come
    ]


@dataclass(frozen=True, slots=True)
class _Dated:
    """A column of times."""

    column: str
    place: int
    filled: int
    first: datetime
    last: datetime
    rising: float
    """How often a row's time is not before that of the row before it."""

    def unlikely(self) -> tuple[bool, int, datetime, int]:
        """Order columns by how unlikely it is that they tell when a row was first written.

        Rows stand in the order in which they were written; every row was; and what was written comes before what is
        announced.
        """
        return self.rising < NEARLY_ALL, -self.filled, self.last, self.place
