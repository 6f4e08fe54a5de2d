"""The tables of a database once their rows are in the store: when rows were written, and which break a rule."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from forensics.evidence.databases import rules as rules_of
from forensics.evidence.databases.rules import Rules, Violation, pointer
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


def measure(store: Store, path: str, tables: Iterable[Table], violations: list[Violation]) -> Measured:
    """Put the tables of one database into the store, with what their rows say; `violations` are those known before."""
    listed = list(tables)
    written = [_written(store, path, table) for table in listed]
    rows = [
        [path, one.name, json.dumps(one.columns), one.rows, one.declared, *when, json.dumps(one.rules.key)]
        for one, when in zip(listed, written, strict=True)
    ]
    columns = ["path", "name", "columns", "rows", "declared", "first_time", "last_time", "time_column", "key"]
    store.add("database_tables", columns, rows)
    held = {table.name: table.columns for table in listed}
    found = violations + rules_of.broken(store, path, {table.name: table.rules for table in listed}, held)
    store.add(
        "database_violations",
        ["path", "table", "kind", "rule", "rows", "example"],
        [[path, one.table, one.kind, one.rule, one.rows, one.example] for one in found],
    )
    times = [time for first, last, _ in written for time in (first, last) if time is not None]
    stated = [
        table.holds.get(column) == "instant" for table, (_, _, column) in zip(listed, written, strict=True) if column
    ]
    return Measured(min(times, default=None), max(times, default=None), bool(stated) and all(stated), found)


Written = tuple[datetime | None, datetime | None, str | None]


def _written(store: Store, path: str, table: Table) -> Written:
    """Find when the rows of a table were written, and the column that tells it; both by what the columns hold."""
    if not table.rows or not table.columns:
        return None, None, None
    [(first, last)] = store.rows("database_span", path=path, table=table.name)
    if last is not None:  # the evidence itself says when each was written
        return first, last, None
    at = [pointer(column) for column in table.columns]
    dated = [
        _Dated(place - 1, filled, first, last, rising)
        for place, filled, times, to_the_second, first, last, rising in store.rows(
            "database_columns", path=path, table=table.name, at=at
        )
        if to_the_second and times >= NEARLY_ALL * filled  # a day alone is a birthday, or a date to come
    ]
    if not dated:
        return None, None, None
    best = min(dated, key=_Dated.unlikely)
    store.run("database_written", path=path, table=table.name, at=at[best.place])
    others = [one for one in dated if one.place != best.place and one.last > best.last]
    later = (
        store.rows("database_later", path=path, table=table.name, at=[at[one.place] for one in others])
        if others
        else []
    )
    return best.first, max([best.last, *(last for _, last in later)]), table.columns[best.place]


@dataclass(frozen=True, slots=True)
class _Dated:
    """A column of times."""

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
